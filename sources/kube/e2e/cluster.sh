#!/usr/bin/env bash
# A Kubernetes cluster of one node for the end-to-end tests: real etcd, control
# plane and kubelet, with Debian's containerd and runc; no Docker, no registry, all
# on loopback. It needs root, a Debian, and Go for its first run.
#
#   cluster.sh build           binaries and images, into the cache
#   cluster.sh control         starts etcd and the apiserver
#   cluster.sh node            starts the controllers, the scheduler and the node
#   cluster.sh kill NAME       etcd, apiserver, kcm, scheduler, node or kubelet
#   cluster.sh down            ends all of it
#
# RUN is the directory of a run; the tests put keys and kubeconfigs there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ravel-e2e
run=${RUN:-$cache/run}
port=${PORT:-26443}
root=$cache/debian
sock=$run/containerd.sock
export PATH=$root/usr/bin:$root/usr/sbin:$PATH

# running NAME: its process lives, and is no zombie that nobody has reaped.
running() {
	local pid state
	pid=$(cat "$run/$1.pid" 2>/dev/null) || return
	{ read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" != Z ]; } 2>/dev/null
}

# start NAME COMMAND…: unless it runs.
start() {
	local name=$1
	shift
	running "$name" && return
	setsid nohup "$@" >>"$run/$name.log" 2>&1 </dev/null &
	echo $! >"$run/$name.pid"
}

# stop NAME
stop() {
	local pid
	running "$1" || return 0
	pid=$(cat "$run/$1.pid")
	kill -KILL "$pid"
	for _ in $(seq 100); do
		running "$1" || break
		sleep .1
	done
	rm -f "$run/$1.pid"
}

build() {
	mkdir -p "$cache/bin" "$cache/debs" "$run/bin" "$run/images"
	if [ ! -x "$root/usr/bin/containerd" ]; then # unpacked, not installed: nothing is started by it
		mkdir -p "$root"
		(cd "$cache/debs" && apt-get update -qq && apt-get download -qq -o APT::Sandbox::User=root containerd runc containernetworking-plugins)
		for deb in "$cache"/debs/*.deb; do dpkg -x "$deb" "$root"; done
	fi
	if [ ! -x "$cache/bin/hyper" ]; then
		(cd "$here/hyper" && CGO_ENABLED=0 nice go build -trimpath -ldflags "-s -w \
			-X k8s.io/component-base/version.gitVersion=v1.34.4 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34" \
			-o "$cache/bin/hyper.new" . && mv "$cache/bin/hyper.new" "$cache/bin/hyper")
	fi
	for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet; do
		ln -sf "$cache/bin/hyper" "$run/bin/$name"
	done
	for name in pause writer; do image "$name"; done
}

# image NAME: an archive of one layer with one static program.
image() {
	local name=$1 dir sum
	dir=$(mktemp -d)
	(cd "$here/images" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$dir/$name" "./$name")
	tar -C "$dir" --owner=0 --group=0 -cf "$dir/layer.tar" "$name"
	sum=$(sha256sum <"$dir/layer.tar" | cut -d' ' -f1)
	cat >"$dir/config.json" <<-JSON
		{"architecture":"$(go env GOARCH)","os":"linux","config":{"Entrypoint":["/$name"]},
		"rootfs":{"type":"layers","diff_ids":["sha256:$sum"]}}
	JSON
	echo "[{\"Config\":\"config.json\",\"RepoTags\":[\"localhost/$name:1\"],\"Layers\":[\"layer.tar\"]}]" >"$dir/manifest.json"
	tar -C "$dir" -cf "$run/images/$name.tar" manifest.json config.json layer.tar
	rm -r "$dir"
}

control() {
	cd "$run"
	local etcd=http://127.0.0.1:$((port + 1)) peer=http://127.0.0.1:$((port + 2))
	start etcd bin/etcd --data-dir etcd --unsafe-no-fsync --logger zap --log-level warn \
		--listen-client-urls "$etcd" --advertise-client-urls "$etcd" --listen-peer-urls "$peer" \
		--initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
	start apiserver bin/kube-apiserver --etcd-servers "$etcd" --bind-address 127.0.0.1 --secure-port "$port" \
		--endpoint-reconciler-type none --service-cluster-ip-range 10.96.0.0/24 --authorization-mode Node,RBAC \
		--client-ca-file pki/ca.crt --tls-cert-file pki/apiserver.crt --tls-private-key-file pki/apiserver.key \
		--service-account-issuer https://kubernetes.default.svc --service-account-key-file pki/sa.key \
		--service-account-signing-key-file pki/sa.key --kubelet-client-certificate pki/admin.crt \
		--kubelet-client-key pki/admin.key --kubelet-preferred-address-types Hostname
}

node() {
	cd "$run"
	start kcm bin/kube-controller-manager --kubeconfig pki/kcm.kubeconfig --bind-address 127.0.0.1 --secure-port $((port + 3)) \
		--leader-elect=false --kube-api-qps 500 --kube-api-burst 500 --use-service-account-credentials \
		--root-ca-file pki/ca.crt --service-account-private-key-file pki/sa.key
	start scheduler bin/kube-scheduler --kubeconfig pki/scheduler.kubeconfig --bind-address 127.0.0.1 --secure-port $((port + 4)) --leader-elect=false
	mkdir -p cni
	cat >cni/10-bridge.conflist <<-JSON
		{"cniVersion":"0.4.0","name":"e2e","plugins":[{"type":"bridge","bridge":"ravele2e0","isGateway":false,"ipMasq":false,
		"ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.0.0/24"}]],"dataDir":"$run/ipam"}}]}
	JSON
	cat >containerd.toml <<-TOML
		version = 2
		root = "$run/containerd/data"
		state = "$run/containerd/state"
		[grpc]
		  address = "$sock"
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/pause:1"
		  stream_server_address = "127.0.0.1"
		  disable_apparmor = true
		  restrict_oom_score_adj = true # negative scores need a capability that containers lack
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "$root/usr/lib/cni"
		    conf_dir = "$run/cni"
		  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		    runtime_type = "io.containerd.runc.v2"
		    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
		      BinaryName = "$root/usr/sbin/runc"
	TOML
	cat >kubelet.yaml <<-YAML
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		address: 127.0.0.1
		port: $((port + 5))
		healthzBindAddress: 127.0.0.1
		healthzPort: $((port + 6))
		failCgroupV1: false
		cgroupDriver: cgroupfs
		containerRuntimeEndpoint: unix://$sock
		podLogsDir: $run/podlogs
		containerLogMaxSize: 8Mi
		containerLogMaxFiles: 3
		containerLogMonitorInterval: 3s
		featureGates: {KubeletCrashLoopBackOffMax: true}
		crashLoopBackOff: {maxContainerRestartPeriod: 4s}
		authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $run/pki/ca.crt}}
		authorization: {mode: Webhook}
		failSwapOn: false
		makeIPTablesUtilChains: false
		resolvConf: ""
		imageGCHighThresholdPercent: 100
		evictionHard: {memory.available: 50Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%}
	YAML
	# The first process of the node's namespaces: its end is the end of all containers. The
	# kubelet would set three values of the whole machine: it finds them set in plain files.
	cat >node.sh <<-SH
		mkdir -p /run/netns /run/containerd /var/lib/cni /var/log/containers
		for s in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
			f=$run/sysctl.\$(basename \${s%=*}); echo \${s#*=} >\$f; mount --bind \$f /proc/sys/\${s%=*}; done
		for d in /run/netns /run/containerd /var/lib/cni /var/log/containers; do mount -t tmpfs none \$d; done
		containerd -c $run/containerd.toml >>$run/containerd.log 2>&1 &
		until [ -S $sock ] && ctr -a $sock version >/dev/null 2>&1; do sleep .1; done
		for i in $run/images/*.tar; do ctr -a $sock -n k8s.io images import \$i; done
		while :; do
			$run/bin/kubelet --config $run/kubelet.yaml --kubeconfig $run/pki/node.kubeconfig --hostname-override localhost \
				--root-dir $run/kubelet --cert-dir $run/kubelet/pki >>$run/kubelet.log 2>&1
			sleep 1
		done
	SH
	start node unshare --mount --pid --fork --mount-proc --propagation private --kill-child=SIGKILL bash "$run/node.sh"
}

# kubelet ends the kubelet; its node starts it again a second later.
kubelet() {
	local children
	children=$(cat "/proc/$(cat "$run/node.pid")/task/"*/children)
	for first in $children; do
		for child in $(cat "/proc/$first/task/"*/children); do
			if [ "$(cat "/proc/$child/comm")" = kubelet ]; then kill -KILL "$child"; fi
		done
	done
}

down() {
	for name in node scheduler kcm apiserver etcd; do stop "$name"; done
	ip link del ravele2e0 2>/dev/null || true
	sleep .3
	local top dir
	for top in /sys/fs/cgroup /sys/fs/cgroup/*/; do # the pods' groups, the deepest first
		for dir in "$top"/kubepods "$top"/k8s.io; do
			if [ -d "$dir" ]; then find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null || true; fi
		done
	done
	rm -rf "$run"
}

case ${1:-} in
build | control | node | down) "$1" ;;
kill) if [ "$2" = kubelet ]; then kubelet; else stop "$2"; fi ;;
*)
	sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
