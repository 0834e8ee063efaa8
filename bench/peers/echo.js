// SPDX-License-Identifier: MIT
// Copyright (c) the echod authors
//
// An echo server in Node: a stream that is piped into itself.
'use strict';

const net = require('net');

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(`127.0.0.1:${server.address().port}`);
});
