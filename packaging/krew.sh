#!/usr/bin/env bash
# Builds the archives of a release for krew, kubectl's plugin manager, and writes
# the manifest that goes with them:
#
#   packaging/krew.sh VERSION URL      URL: where the archives will be, a directory
#
# They come to dist/krew: ravel.yaml and an archive for each platform. Try one
# with `kubectl krew install --manifest=ravel.yaml --archive=ravel-linux-amd64.tar.gz`.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# = 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
version=$1 url=${2%/} out=dist/krew
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]] || { echo "krew.sh: $version: a version is v1.2.3" >&2; exit 2; }
mkdir -p "$out"

cat >"$out/ravel.yaml" <<YAML
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: ravel
spec:
  version: $version
  homepage: $url
  shortDescription: Explore the logs of pods live, each line once
  description: |
    Reads the logs of workloads, pods or label selections as one stream that
    repeats no line over reconnects, restarts and rotations and draws what
    cannot be had, folds the records of each request into one row, and opens an explorer with
    filters, facets and search, or prints text, JSON, CSV and more.
  platforms:
YAML
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
	os=${platform%/*} arch=${platform#*/} bin=kubectl-ravel
	[ "$os" = windows ] && bin+=.exe
	dir=$(mktemp -d)
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -trimpath -ldflags "-s -w -X ravel/cli.version=$version" -o "$dir/$bin" .
	cp LICENSE "$dir/"
	archive=ravel-$os-$arch.tar.gz
	tar -C "$dir" --owner=0 --group=0 -czf "$out/$archive" "$bin" LICENSE
	rm -r "$dir"
	cat >>"$out/ravel.yaml" <<-YAML
	  - selector: {matchLabels: {os: $os, arch: $arch}}
	    uri: $url/$archive
	    sha256: $(sha256sum <"$out/$archive" | cut -d' ' -f1)
	    bin: $bin
	YAML
done
echo "$out/ravel.yaml"
