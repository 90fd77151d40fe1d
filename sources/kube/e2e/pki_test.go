//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs the certificates of one run.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	next int64
}

// writeKeys makes the keys, certificates and kubeconfigs of a run.
func writeKeys(run, server string) error {
	a := &authority{dir: filepath.Join(run, "pki")}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return err
	}
	if err := a.issue("ca", pkix.Name{CommonName: "ravel e2e"}); err != nil {
		return err
	}
	if err := a.issue("sa", pkix.Name{CommonName: "service accounts"}); err != nil {
		return err
	}
	if err := a.issue("apiserver", pkix.Name{CommonName: "apiserver"}); err != nil {
		return err
	}
	for file, name := range map[string]pkix.Name{
		"admin":     {CommonName: "admin", Organization: []string{"system:masters"}},
		"viewer":    {CommonName: "viewer"},
		"node":      {CommonName: "system:node:localhost", Organization: []string{"system:nodes"}},
		"kcm":       {CommonName: "system:kube-controller-manager"},
		"scheduler": {CommonName: "system:kube-scheduler"},
	} {
		if err := a.issue(file, name); err != nil {
			return err
		}
		if err := a.kubeconfig(file, server); err != nil {
			return err
		}
	}
	return nil
}

// issue makes NAME.key and NAME.crt; the first is the authority's own.
func (a *authority) issue(file string, name pkix.Name) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	a.next++
	t := &x509.Certificate{
		SerialNumber: big.NewInt(a.next), Subject: name,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	switch {
	case a.cert == nil:
		t.IsCA, t.KeyUsage, t.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
		a.cert, a.key = t, key
	case file == "apiserver":
		t.DNSNames = []string{"localhost", "kubernetes.default.svc"}
		t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return err
	}
	if a.cert == t {
		if a.cert, err = x509.ParseCertificate(der); err != nil {
			return err
		}
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := a.write(file+".crt", "CERTIFICATE", der); err != nil {
		return err
	}
	return a.write(file+".key", "EC PRIVATE KEY", secret)
}

func (a *authority) write(file, kind string, der []byte) error {
	return os.WriteFile(filepath.Join(a.dir, file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// kubeconfig writes NAME.kubeconfig.
func (a *authority) kubeconfig(name, server string) error {
	data := func(file string) string {
		b, err := os.ReadFile(filepath.Join(a.dir, file))
		if err != nil {
			panic(err) // written a moment ago
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: e2e
clusters: [{name: e2e, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: %s, user: {client-certificate-data: %s, client-key-data: %s}}]
contexts: [{name: e2e, context: {cluster: e2e, user: %[3]s, namespace: default}}]
`, server, data("ca.crt"), name, data(name+".crt"), data(name+".key"))
	return os.WriteFile(filepath.Join(a.dir, name+".kubeconfig"), []byte(text), 0o600)
}
