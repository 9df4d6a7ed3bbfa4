// One program that is every Kubernetes component, chosen by the name it is started under.
//
// The components share most of their code, so one binary is built and linked once instead of nine times. They never
// share a process: signal handlers, feature gates and logging are global to a process in all of them. Start this
// program through a symbolic link named like the component, for example `kube-apiserver`.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metricsserver "sigs.k8s.io/metrics-server/cmd/metrics-server/app"

	// CoreDNS finds its plugins by their registration; corednsDirectives names the same ones.
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/ready"

	// Registered by every upstream main: JSON logs, and metrics about the client and the version.
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

// corednsDirectives is the order in which a DNS query passes the plugins.
var corednsDirectives = []string{"log", "errors", "health", "ready", "cache", "kubernetes", "forward"}

// components maps the name a process is started under to what it runs. Values are functions, so that no component
// prepares anything in a process that is another one.
var components = map[string]func(){
	"coredns":                 runCoreDNS,
	"etcd":                    func() { etcdmain.Main(os.Args) },
	"kube-apiserver":          func() { run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() { run(controllermanager.NewControllerManagerCommand()) },
	"kube-proxy":              func() { run(proxy.NewProxyCommand()) },
	"kube-scheduler":          func() { run(scheduler.NewSchedulerCommand()) },
	"kubectl":                 func() { run(kubectl.NewDefaultKubectlCommand()) },
	// The kubelet sets up signal handling itself; a context that already did would be closed twice.
	"kubelet":        func() { run(kubelet.NewKubeletCommand(context.Background())) },
	"metrics-server": func() { run(metricsserver.NewMetricsServerCommand(server.SetupSignalHandler())) },
}

func main() {
	name := filepath.Base(os.Args[0])
	component, known := components[name]
	if !known {
		names := slices.Sorted(maps.Keys(components))
		fmt.Fprintf(os.Stderr, "%q is not a component; link this program under one of: %s\n", name, strings.Join(names, ", "))
		os.Exit(2)
	}
	if name != "coredns" {
		withoutCoreDNSFlags()
	}
	component()
}

// run executes a component's command line and ends the process with its exit code.
func run(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

// corednsFlags are the flags that CoreDNS adds to every process it is linked into. Kubernetes' components take over
// all such flags, and kube-proxy would understand `--version` as CoreDNS does.
var corednsFlags = []string{"conf", "dns.port", "p", "pidfile", "plugins", "quiet", "version"}

// withoutCoreDNSFlags makes the process forget corednsFlags and keep the others, which components do need.
func withoutCoreDNSFlags() {
	kept := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	flag.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(corednsFlags, f.Name) {
			kept.Var(f.Value, f.Name, f.Usage)
		}
	})
	flag.CommandLine = kept
}

func runCoreDNS() {
	dnsserver.Directives = corednsDirectives
	coremain.Run()
}
