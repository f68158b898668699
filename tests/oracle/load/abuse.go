package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What hostile connections do. Each stays until the server closes it.
var kinds = map[string]func(net.Conn, *tls.Config) error{
	"silent":    silent,
	"handshake": halfHandshake,
	"idle":      idle,
	"header":    headerDrip,
	"body":      bodyDrip,
	"creep":     creep,
	"deaf":      deaf,
	"flood":     flood,
}

// patience bounds the wait for a connection to be closed.
const patience = 40 * time.Second

type abuseReport struct {
	Opened  map[string]int     `json:"opened"`
	Refused map[string]int     `json:"refused,omitempty"` // closed before they could begin
	Left    map[string]int     `json:"left,omitempty"`    // not closed within our patience
	Longest map[string]float64 `json:"longest"`           // seconds until closed
}

type abuse struct {
	all    sync.WaitGroup
	lock   sync.Mutex
	report abuseReport
}

func startAbuse(o *options, config *tls.Config) (*abuse, error) {
	target, err := url.Parse(o.url)
	if err != nil {
		return nil, err
	}
	a := &abuse{report: abuseReport{Opened: map[string]int{}, Refused: map[string]int{},
		Left: map[string]int{}, Longest: map[string]float64{}}}
	for _, entry := range strings.Split(o.abuse, ",") {
		kind, number, _ := strings.Cut(entry, "=")
		count, err := strconv.Atoi(number)
		if err != nil || kinds[kind] == nil {
			return nil, fmt.Errorf("unknown abuse %q", entry)
		}
		for n := range count {
			a.all.Add(1)
			go func() {
				defer a.all.Done()
				a.one(kind, n, target.Host, config)
			}()
		}
	}
	return a, nil
}

func (a *abuse) one(kind string, n int, address string, config *tls.Config) {
	// From several addresses: a limit for each of them is not what protects the honest.
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+n%16))}
	conn, err := (&net.Dialer{Timeout: patience, LocalAddr: from}).Dial("tcp", address)
	if err != nil {
		a.count(a.report.Refused, kind)
		return
	}
	defer conn.Close()
	begin := time.Now()
	_ = conn.SetDeadline(begin.Add(patience))
	a.count(a.report.Opened, kind)
	err = kinds[kind](conn, config)
	took := time.Since(begin)
	a.lock.Lock()
	defer a.lock.Unlock()
	if timeout, isNet := err.(net.Error); isNet && timeout.Timeout() {
		a.report.Left[kind]++
	}
	a.report.Longest[kind] = max(a.report.Longest[kind], took.Seconds())
}

func (a *abuse) count(in map[string]int, kind string) {
	a.lock.Lock()
	defer a.lock.Unlock()
	in[kind]++
}

func (a *abuse) finish() *abuseReport {
	a.all.Wait()
	return &a.report
}

// untilClosed reads, whatever comes, until the other side ends the connection.
func untilClosed(conn net.Conn) error {
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return err
		}
	}
}

func silent(conn net.Conn, _ *tls.Config) error { return untilClosed(conn) }

// halfHandshake sends the beginning of a ClientHello record that never ends.
func halfHandshake(conn net.Conn, _ *tls.Config) error {
	if _, err := conn.Write([]byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}); err != nil {
		return err
	}
	return untilClosed(conn)
}

func handshake(conn net.Conn, config *tls.Config) (*tls.Conn, error) {
	secure := tls.Client(conn, config)
	return secure, secure.Handshake()
}

func idle(conn net.Conn, config *tls.Config) error {
	secure, err := handshake(conn, config)
	if err != nil {
		return err
	}
	return untilClosed(secure)
}

// drip writes a byte a second for as long as the server takes it.
func drip(conn net.Conn, config *tls.Config, first, rest string) error {
	secure, err := handshake(conn, config)
	if err != nil {
		return err
	}
	return dripOn(secure, first, rest, time.Second)
}

func dripOn(secure *tls.Conn, first, rest string, pause time.Duration) error {
	closed := make(chan error, 1)
	go func() { closed <- untilClosed(secure) }()
	if _, err := secure.Write([]byte(first)); err != nil {
		return err
	}
	for i := 0; ; i++ {
		select {
		case err := <-closed:
			return err
		case <-time.After(pause):
		}
		if _, err := secure.Write([]byte{rest[i%len(rest)]}); err != nil {
			return err
		}
	}
}

func headerDrip(conn net.Conn, config *tls.Config) error {
	return drip(conn, config, "POST /validate HTTP/1.1\r\nHost: localhost\r\nX-Drip: ", "a")
}

func bodyDrip(conn net.Conn, config *tls.Config) error {
	return drip(conn, config, "POST /validate HTTP/1.1\r\nHost: localhost\r\n"+
		"Content-Type: application/json\r\nContent-Length: 4096\r\n\r\n", " ")
}

// late is a connection whose every writing comes late, until it is in time.
type late struct {
	net.Conn
	inTime bool
}

func (l *late) Write(data []byte) (int, error) {
	if !l.inTime {
		time.Sleep(2 * time.Second)
	}
	return l.Conn.Write(data)
}

// creep keeps each deadline for itself: the handshake's, the headers', the body's.
func creep(conn net.Conn, config *tls.Config) error {
	slow := &late{Conn: conn}
	secure, err := handshake(slow, config)
	if err != nil {
		return err
	}
	slow.inTime = true
	return dripOn(secure, "POST /validate HTTP/1.1\r\n",
		"Host: localhost\r\nContent-Length: 4096\r\n\r\n"+strings.Repeat(" ", 4096), 100*time.Millisecond)
}

// deaf asks again and again and never reads, until the server's answers fill every buffer.
func deaf(conn net.Conn, config *tls.Config) error { return neverRead(conn, config, pace) }

// flood is deaf and as fast as it can be.
func flood(conn net.Conn, config *tls.Config) error { return neverRead(conn, config, 0) }

// pace is slow enough that deaf clients are no flood, and quick enough to fill buffers in seconds.
const pace = 5 * time.Millisecond

func neverRead(conn net.Conn, config *tls.Config, pause time.Duration) error {
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetReadBuffer(4096)
	}
	secure, err := handshake(conn, config)
	if err != nil {
		return err
	}
	request := []byte("POST /validate HTTP/1.1\r\nHost: localhost\r\n" +
		"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	for {
		if _, err := secure.Write(request); err != nil {
			return err
		}
		time.Sleep(pause)
	}
}
