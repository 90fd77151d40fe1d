// Package e2e reads the logs of a real cluster of one node, and compares what
// ravel prints with what the programs in the pods wrote, line by line: none
// lost, none twice. `make e2e-k8s` runs it; see cluster.sh.
package e2e
