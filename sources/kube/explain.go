package kube

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"ravel/sources"
)

// explain puts an error of the API into words for a person: what happened, to
// what, and what to do. What trying again will not mend is permanent.
func (c *client) explain(err error, namespace string) error {
	if err == nil || errors.Is(err, sources.ErrPermanent) {
		return err
	}
	var status apierrors.APIStatus
	switch {
	case apierrors.IsUnauthorized(err):
		return sources.Permanent(fmt.Errorf("context %s: the login is not valid or has expired: log in again, as for kubectl", c.context))
	case apierrors.IsForbidden(err):
		return sources.Permanent(fmt.Errorf("context %s: %s", c.context, forbidden(err, namespace)))
	case apierrors.IsTooManyRequests(err):
		return fmt.Errorf("context %s: the server asks to slow down", c.context)
	case apierrors.IsNotFound(err) && namespace != "":
		return sources.Permanent(fmt.Errorf("context %s: namespace %s: %s", c.context, namespace, message(err)))
	case errors.As(err, &status):
		return fmt.Errorf("context %s: the server says: %s", c.context, message(err))
	}
	var dns *net.DNSError
	var op *net.OpError
	var u *url.Error
	switch {
	case errors.As(err, &dns):
		return fmt.Errorf("context %s: no address is known for %s", c.context, dns.Name)
	case errors.As(err, &op):
		return fmt.Errorf("context %s: %s cannot be reached (%v)", c.context, c.server, op.Err)
	case errors.As(err, &u):
		text, _, _ := strings.Cut(u.Err.Error(), "\n") // a login program that is missing has a page of advice
		return fmt.Errorf("context %s: %s: %s", c.context, c.server, text)
	}
	var words errServerWords
	if errors.As(err, &words) && strings.HasPrefix(words.words, "unable to retrieve container logs") {
		return fmt.Errorf("context %s: the node has not got this log (any more): it keeps the log of one dead instance", c.context)
	}
	if errors.As(err, &words) {
		return fmt.Errorf("context %s: the server says: %s", c.context, strings.TrimSpace(words.words))
	}
	return fmt.Errorf("context %s: the connection broke off: %w", c.context, err)
}

// forbidden names the verb and the resource to ask for.
func forbidden(err error, namespace string) string {
	text := message(err)
	_, rest, ok := strings.Cut(text, " cannot ")
	if !ok {
		return "not allowed: " + text
	}
	verb, rest, _ := strings.Cut(rest, " resource ")
	resource := strings.Trim(strings.SplitN(rest, " ", 2)[0], `"`)
	where := "in namespace " + namespace
	if namespace == "" {
		where = "in all namespaces"
	}
	return fmt.Sprintf("you may not %s %s %s: ask for a role with the verb %q on %q", verb, resource, where, verb, resource)
}

// message is the server's own sentence.
func message(err error) string {
	var s apierrors.APIStatus
	if errors.As(err, &s) && s.Status().Message != "" {
		return s.Status().Message
	}
	return err.Error()
}
