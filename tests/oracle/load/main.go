// Command load calls a webhook as the API server does, and prints what came of it as one line of
// JSON. It only counts and measures: its callers decide what is good.
//
//	load -url https://127.0.0.1:9443/validate -ca ca.crt -body review.json -c 16 -seconds 5
//	load … -rate 50 -seconds 20 -abuse silent=512,handshake=512,header=256,body=128,deaf=64
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type files []string

func (f *files) String() string         { return strings.Join(*f, ",") }
func (f *files) Set(value string) error { *f = append(*f, value); return nil }

type options struct {
	url, ca, cert, key, name, abuse string
	bodies                          files
	clients                         int
	rate                            float64
	seconds, settle                 float64
	requests                        int64
	gap                             time.Duration
	fresh                           bool
	pid                             int
}

// report is what is printed. Times are milliseconds.
type report struct {
	Calls     int64            `json:"calls"`
	Denied    int64            `json:"denied"`
	Errors    int64            `json:"errors"`
	ErrorText map[string]int64 `json:"error_text,omitempty"`
	Seconds   float64          `json:"seconds"`
	PerSecond float64          `json:"per_second"`
	P50       float64          `json:"p50"`
	P99       float64          `json:"p99"`
	P999      float64          `json:"p999"`
	Max       float64          `json:"max"`
	// Of the process named by -pid: CPU microseconds for each call.
	CPU   float64      `json:"cpu_us,omitempty"`
	Abuse *abuseReport `json:"abuse,omitempty"`
}

type caller struct {
	options
	client *http.Client
	texts  [][]byte
	done   atomic.Int64
	denied atomic.Int64

	lock   sync.Mutex
	errors map[string]int64
	times  []time.Duration
}

// client is set up as client-go's for webhooks: see k8s.io/apimachinery's SetTransportDefaults.
func newClient(o *options, config *tls.Config) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:     config,
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConnsPerHost: 1024,
			IdleConnTimeout:     90 * time.Second,
			DisableKeepAlives:   o.fresh,
			DialContext:         (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
			TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
	}
}

func tlsConfig(o *options) (*tls.Config, error) {
	pem, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate", o.ca)
	}
	config := &tls.Config{RootCAs: roots, ServerName: o.name}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func (c *caller) call(ctx context.Context, text []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, */*")
	request.Header.Set("User-Agent", "kube-apiserver-admission")
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP status %d", response.StatusCode)
	}
	var review struct {
		Response *struct {
			UID     string `json:"uid"`
			Allowed bool   `json:"allowed"`
		} `json:"response"`
	}
	if err := json.Unmarshal(body, &review); err != nil || review.Response == nil {
		return errors.New("no AdmissionReview in the answer")
	}
	if !bytes.Contains(text, []byte(review.Response.UID)) {
		return errors.New("uid of another request")
	}
	if !review.Response.Allowed {
		c.denied.Add(1)
	}
	return nil
}

// one makes a call and notes how long it took from `due` on: of an open loop, the time at which it
// should have begun, so that a stalled server is not flattered.
func (c *caller) one(ctx context.Context, n int64, due time.Time) {
	err := c.call(ctx, c.texts[int(n)%len(c.texts)])
	took := time.Since(due)
	c.done.Add(1)
	c.lock.Lock()
	defer c.lock.Unlock()
	c.times = append(c.times, took)
	if err == nil {
		return
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address, so that equal errors count together
	}
	if operation, found := errors.AsType[*net.OpError](err); found {
		err = errors.New(operation.Op + ": " + operation.Err.Error())
	}
	c.errors[err.Error()]++
}

// closed keeps each client busy with one call after the other.
func (c *caller) closed(ctx context.Context, end time.Time) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range c.clients {
		all.Add(1)
		go func() {
			defer all.Done()
			for ctx.Err() == nil && time.Now().Before(end) {
				n := next.Add(1) - 1
				if c.requests > 0 && n >= c.requests {
					return
				}
				c.one(context.Background(), n, time.Now())
				if c.gap > 0 {
					time.Sleep(c.gap)
				}
			}
		}()
	}
	all.Wait()
}

// open begins calls at a steady rate, however long they take.
func (c *caller) open(ctx context.Context, end time.Time) {
	var all sync.WaitGroup
	begin := time.Now()
	for n := int64(0); ctx.Err() == nil; n++ {
		due := begin.Add(time.Duration(float64(n) / c.rate * float64(time.Second)))
		if due.After(end) || (c.requests > 0 && n >= c.requests) {
			break
		}
		time.Sleep(time.Until(due))
		all.Add(1)
		go func() {
			defer all.Done()
			c.one(context.Background(), n, due)
		}()
	}
	all.Wait()
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (c *caller) report(took time.Duration) *report {
	sort.Slice(c.times, func(i, j int) bool { return c.times[i] < c.times[j] })
	quantile := func(q float64) float64 {
		if len(c.times) == 0 {
			return 0
		}
		return milliseconds(c.times[min(len(c.times)-1, int(q*float64(len(c.times))))])
	}
	r := &report{
		Calls: c.done.Load(), Denied: c.denied.Load(), ErrorText: c.errors,
		Seconds: took.Seconds(), PerSecond: float64(c.done.Load()) / took.Seconds(),
		P50: quantile(0.5), P99: quantile(0.99), P999: quantile(0.999), Max: quantile(1),
	}
	for _, count := range c.errors {
		r.Errors += count
	}
	return r
}

// cpuTime of a process, user and system, in microseconds. The kernel's unit is 1/100 s.
func cpuTime(pid int) (float64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	var user, system float64
	if len(fields) < 13 {
		return 0, errors.New("unknown form of /proc/PID/stat")
	}
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return (user + system) * 10000, nil
}

func run() error {
	var o options
	flag.StringVar(&o.url, "url", "", "of the webhook")
	flag.StringVar(&o.ca, "ca", "", "certificate that the server's chains to")
	flag.StringVar(&o.cert, "cert", "", "client certificate")
	flag.StringVar(&o.key, "key", "", "of the client certificate")
	flag.StringVar(&o.name, "name", "localhost", "of the server, in its certificate")
	flag.Var(&o.bodies, "body", "a file with an AdmissionReview; several take turns")
	flag.IntVar(&o.clients, "c", 1, "clients at a time")
	flag.Float64Var(&o.rate, "rate", 0, "calls a second, instead of -c")
	flag.Float64Var(&o.seconds, "seconds", 5, "to go on for")
	flag.Float64Var(&o.settle, "settle", 0, "seconds between the abuse and the first call")
	flag.Int64Var(&o.requests, "n", 0, "calls at most")
	flag.DurationVar(&o.gap, "gap", 0, "between a client's calls")
	flag.BoolVar(&o.fresh, "fresh", false, "a new connection for each call")
	flag.IntVar(&o.pid, "pid", 0, "of the server, to measure its CPU time")
	flag.StringVar(&o.abuse, "abuse", "", "hostile connections, KIND=COUNT,…")
	flag.Parse()
	config, err := tlsConfig(&o)
	if err != nil {
		return err
	}
	c := &caller{options: o, client: newClient(&o, config), errors: map[string]int64{}}
	for _, name := range o.bodies {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		c.texts = append(c.texts, text)
	}
	if len(c.texts) == 0 {
		return errors.New("no -body")
	}
	// A signal ends the calls, not the report.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var hostile *abuse
	if o.abuse != "" {
		if hostile, err = startAbuse(&o, config); err != nil {
			return err
		}
		time.Sleep(time.Duration(o.settle * float64(time.Second)))
	}
	var before, after float64
	if o.pid != 0 {
		if before, err = cpuTime(o.pid); err != nil {
			return err
		}
	}
	begin := time.Now()
	end := begin.Add(time.Duration(o.seconds * float64(time.Second)))
	if o.rate > 0 {
		c.open(ctx, end)
	} else {
		c.closed(ctx, end)
	}
	r := c.report(time.Since(begin))
	if o.pid != 0 {
		if after, err = cpuTime(o.pid); err != nil {
			return err
		}
		r.CPU = (after - before) / float64(r.Calls)
	}
	if hostile != nil {
		r.Abuse = hostile.finish()
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
}
