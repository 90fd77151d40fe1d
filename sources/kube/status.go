package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"ravel/model"
)

// status is what a pod tells of one of its containers.
type status struct {
	restarts int32
	running  bool
	waiting  bool // for a start or a restart: its log is the dead instance's
	started  bool // this instance or one before it has run: there is a log
	over     bool // it will not be started again
	reason   string
	message  string
	ending   *corev1.ContainerStateTerminated // of the current instance
	before   *corev1.ContainerStateTerminated // of the one before; while waiting, the last one
}

// statusOf finds a container's status in its pod.
func statusOf(pod *corev1.Pod, name string) status {
	for _, list := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses, pod.Status.EphemeralContainerStatuses} {
		for i := range list {
			if list[i].Name == name {
				return statusFrom(pod, &list[i])
			}
		}
	}
	return status{reason: "Pending", message: pendingReason(pod)}
}

func statusFrom(pod *corev1.Pod, c *corev1.ContainerStatus) status {
	s := status{restarts: c.RestartCount, running: c.State.Running != nil, ending: c.State.Terminated, before: c.LastTerminationState.Terminated}
	s.started = s.running || s.ending != nil || s.before != nil || c.RestartCount > 0
	if w := c.State.Waiting; w != nil {
		s.waiting, s.reason, s.message = true, w.Reason, w.Message
	}
	s.over = s.ending != nil && isLast(pod, c)
	return s
}

// isLast reports whether a container that has terminated is not started again.
func isLast(pod *corev1.Pod, c *corev1.ContainerStatus) bool {
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed || pod.DeletionTimestamp != nil {
		return true
	}
	for _, e := range pod.Spec.EphemeralContainers {
		if e.Name == c.Name {
			return true
		}
	}
	policy := pod.Spec.RestartPolicy
	for _, i := range pod.Spec.InitContainers {
		if i.Name != c.Name {
			continue
		}
		if i.RestartPolicy != nil && *i.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			return false // a sidecar
		}
		if policy == corev1.RestartPolicyAlways {
			policy = corev1.RestartPolicyOnFailure
		}
	}
	succeeded := c.State.Terminated != nil && c.State.Terminated.ExitCode == 0
	return policy == corev1.RestartPolicyNever || policy == corev1.RestartPolicyOnFailure && succeeded
}

// pendingReason says why a pod has no containers yet.
func pendingReason(pod *corev1.Pod) string {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return c.Message
		}
	}
	return ""
}

// word is the state as --container-state names it.
func (s status) word() string {
	switch {
	case s.running:
		return "running"
	case s.ending != nil:
		return "terminated"
	}
	return "waiting"
}

// String is the state as kubectl shows it, with the number of restarts.
func (s status) String() string {
	text := s.reason
	switch {
	case s.running:
		text = "Running"
	case s.ending != nil && s.ending.Reason == "Completed":
		text = "Completed"
	case s.ending != nil:
		text = s.outcome()
	case text == "":
		text = "Waiting"
	}
	switch s.restarts {
	case 0:
	case 1:
		text += ", 1 restart"
	default:
		text += fmt.Sprintf(", %d restarts", s.restarts)
	}
	return text
}

// reasons are the states that have plain words.
var reasons = map[string]string{
	"ContainerCreating":          "the container is being created",
	"PodInitializing":            "its init containers have not ended",
	"ImagePullBackOff":           "its image cannot be pulled",
	"ErrImagePull":               "its image cannot be pulled",
	"ErrImageNeverPull":          "its image is not on the node, and must not be pulled",
	"InvalidImageName":           "the name of its image is invalid",
	"CreateContainerConfigError": "its configuration refers to what does not exist",
	"CrashLoopBackOff":           "it crashes again and again: the kubelet waits before the next start",
	"Pending":                    "the pod has not been scheduled",
}

// why is the reason for waiting in plain words.
func (s status) why() string {
	text := reasons[s.reason]
	if text == "" {
		text = s.reason
	}
	if text == "" {
		text = "it has not started"
	}
	if s.message != "" {
		text += " (" + s.message + ")"
	}
	return text
}

// outcome says how the current instance ended.
func (s status) outcome() string { return ending(s.ending) }

// last says how the instance before ended.
func (s status) last() string { return ending(s.before) }

// ending is the reason and the exit status of a container's end.
func ending(t *corev1.ContainerStateTerminated) string {
	if t == nil {
		return "why is not known"
	}
	text := t.Reason
	if text == "" {
		text = "ended"
	}
	text += fmt.Sprintf(", exit code %d", t.ExitCode)
	if t.Signal != 0 {
		text += fmt.Sprintf(", signal %d", t.Signal)
	}
	return text
}

// level is how bad the end of the last instance is.
func (s status) level() model.Level {
	last := s.ending
	if s.waiting {
		last = s.before
	}
	if last != nil && last.ExitCode != 0 {
		return model.Warning
	}
	return model.Info
}
