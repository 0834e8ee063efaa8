// SPDX-License-Identifier: MIT
// Copyright (c) the echod authors
//
// An echo server in Go, a goroutine a connection, on one processor; with TLS if
// it is given the file with the certificate and the key.
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"runtime"
)

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 64*1024)
	for {
		size, err := connection.Read(buffer)
		if size > 0 {
			if _, err := connection.Write(buffer[:size]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func listen(arguments []string) (net.Listener, error) {
	if len(arguments) == 0 {
		return net.Listen("tcp4", "127.0.0.1:0")
	}
	pair, err := tls.LoadX509KeyPair(arguments[0], arguments[0])
	if err != nil {
		return nil, err
	}
	return tls.Listen("tcp4", "127.0.0.1:0",
		&tls.Config{Certificates: []tls.Certificate{pair}})
}

func main() {
	runtime.GOMAXPROCS(1)
	listener, err := listen(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	for {
		connection, err := listener.Accept()
		if err == nil {
			go echo(connection)
		}
	}
}
