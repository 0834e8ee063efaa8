# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

import socket

from recorder import Recorder, connect, note, receive
from trace import case, main, turns, yes

MUCH = 1000000


@case
async def a_life():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    peer.send(b"hello")
    await turns(4)
    transport.write(b"answer")
    note(f"peer {(await receive(peer, 6)).decode()}")
    transport.close()
    note(f"closing {yes(transport.is_closing())}")
    await protocol.lost
    note(f"peer [{(await receive(peer, 1)).decode()}]")
    peer.close()


@case
async def the_peer_closes():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    peer.send(b"last")
    peer.close()
    await protocol.lost


@case
async def the_end_of_the_peer_may_be_kept_open():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    peer.shutdown(socket.SHUT_WR)
    await turns(4)
    note(f"closing {yes(transport.is_closing())}")
    transport.write(b"still")
    note(f"peer {(await receive(peer, 5)).decode()}")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def pause_reading():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    await turns(2)
    note(f"reading {yes(transport.is_reading())}")
    transport.pause_reading()
    note(f"reading {yes(transport.is_reading())}")
    peer.send(b"hello")
    await turns(4)
    note("nothing so far")
    transport.resume_reading()
    await turns(4)
    transport.close()
    await protocol.lost
    peer.close()


@case
async def pause_writing():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=1000)
    transport.write(b"x" * MUCH)
    note(f"queued {yes(transport.get_write_buffer_size() > 1000)}")
    data = await receive(peer, MUCH)
    note(f"peer {len(data)}")
    await turns(2)
    note(f"queued {transport.get_write_buffer_size()}")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def the_limits():
    protocol = Recorder()
    transport, peer = await connect(protocol)

    def say_limits():
        low, high = transport.get_write_buffer_limits()
        note(f"low {low} high {high}")

    say_limits()
    transport.set_write_buffer_limits(high=1000)
    say_limits()
    transport.set_write_buffer_limits(high=1000, low=10)
    say_limits()
    transport.close()
    await protocol.lost
    peer.close()


@case
async def close_flushes_the_queue():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.close()
    note("closed")
    data = await receive(peer, MUCH + 1)
    note(f"peer {len(data)}")
    await protocol.lost
    peer.close()


@case
async def write_after_close_while_it_flushes():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.close()
    transport.write(b"y")
    data = await receive(peer, MUCH + 1)
    note(f"peer {len(data)}")
    await protocol.lost
    peer.close()


@case
async def lost_comes_from_the_loop():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.close()
    note("closed")
    await protocol.lost
    peer.close()


@case
async def no_data_after_close():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    await turns(2)
    peer.send(b"late")
    transport.close()
    await protocol.lost
    peer.close()


@case
async def abort_it():
    protocol = Recorder()
    transport, peer = await connect(protocol)
    transport.set_write_buffer_limits(high=10 * MUCH)
    transport.write(b"x" * MUCH)
    transport.abort()
    note("aborted")
    await protocol.lost
    peer.close()


@case
async def write_eof():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    note(f"can {yes(transport.can_write_eof())}")
    transport.write(b"last")
    transport.write_eof()
    note(f"peer [{(await receive(peer, 100)).decode()}]")
    peer.send(b"answer")
    await turns(4)
    transport.close()
    await protocol.lost
    peer.close()


@case
async def lost_by_an_error():
    protocol = Recorder(keep_open=True)
    transport, peer = await connect(protocol)
    await turns(2)
    transport.pause_reading()
    peer.close()
    transport.write(b"x")
    note("written")
    await protocol.lost


main()
