// SPDX-License-Identifier: MIT
// Copyright (c) the echod authors
//
// An echo server in Node: a stream that is piped into itself; with TLS if it is
// given the file with the certificate and the key.
'use strict';

const fs = require('fs');
const net = require('net');
const tls = require('tls');

const echo = (socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
};

const listen = (file) => {
  if (file === undefined) {
    return net.createServer({ noDelay: true }, echo);
  }
  const pem = fs.readFileSync(file);
  return tls.createServer({ noDelay: true, cert: pem, key: pem }, echo);
};

const server = listen(process.argv[2]);

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(`127.0.0.1:${server.address().port}`);
});
