#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""An echo server on asyncio: by streams, or with --protocol by a protocol;
with --uvloop on uvloop's event loop; with --tls by TLS."""

import argparse
import asyncio
import ssl


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class Echo(asyncio.Protocol):
    transport = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def serve(by_protocol, context):
    options = {"host": "127.0.0.1", "port": 0, "backlog": 4096,
               "ssl": context}
    if by_protocol:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Echo, **options)
    else:
        server = await asyncio.start_server(echo, **options)
    print("127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", action="store_true")
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--tls", metavar="PEM",
                        help="the file with the certificate and the key")
    options = parser.parse_args()
    context = None
    if options.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.tls)
    if options.uvloop:
        # pylint: disable=import-outside-toplevel,import-error
        import uvloop
        uvloop.install()
    asyncio.run(serve(options.protocol, context))


if __name__ == "__main__":
    main()
