"""Foreign RTP never gets in, moved phones and NAT do."""

from __future__ import annotations

from eslapp.softswitch.media.lock import PATIENCE, SourceLock

CALLER = ("192.0.2.1", 4000)


def lock_for(named: tuple[str, int] | None, signalled: str) -> SourceLock:
    lock = SourceLock()
    lock.expect(named, signalled)
    return lock


def test_nothing_before_sdp() -> None:
    assert not SourceLock().accepts(CALLER, 1)


def test_the_named_address_locks_for_good() -> None:
    lock = lock_for(CALLER, "192.0.2.1")
    assert lock.accepts(CALLER, 1) and lock.locked == CALLER
    assert not any(lock.accepts(("192.0.2.1", 4002), 1) or lock.accepts(("203.0.113.9", 4000), 1) for _ in range(100))


def test_foreign_packets_before_the_lock() -> None:
    lock = lock_for(CALLER, "192.0.2.1")
    assert not any(lock.accepts(("203.0.113.9", 4000), 7) for _ in range(10_000))
    assert lock.accepts(CALLER, 1)


def test_behind_nat_the_signalling_host_counts() -> None:
    lock = lock_for(("10.0.0.5", 4000), "192.0.2.1")
    assert not lock.accepts(("203.0.113.9", 4000), 7)
    assert lock.accepts(("192.0.2.1", 61_234), 1) and lock.locked == ("192.0.2.1", 61_234)


def test_a_report_comes_from_the_calls_host_whichever_of_two_that_is_before_the_lock() -> None:
    assert not SourceLock().has_host("192.0.2.1")
    lock = lock_for(("10.0.0.5", 4000), "192.0.2.1")
    hosts = ("10.0.0.5", "192.0.2.1", "203.0.113.9")
    assert [lock.has_host(host) for host in hosts] == [True, True, False]
    lock.accepts(("192.0.2.1", 61_234), 1)
    assert [lock.has_host(host) for host in hosts] == [False, True, False]


def test_another_port_of_the_right_host_needs_patience_with_one_stream() -> None:
    lock = lock_for(CALLER, "192.0.2.1")
    other = ("192.0.2.1", 4002)
    assert not any(lock.accepts(other, 1) for _ in range(PATIENCE - 1))
    assert not lock.accepts(other, 2)
    assert [lock.accepts(other, 2) for _ in range(PATIENCE - 1)][-1]


def test_on_loopback_the_port_is_all_there_is() -> None:
    lock = lock_for(("127.0.0.1", 4000), "127.0.0.1")
    assert not any(lock.accepts(("127.0.0.1", 4002), 1) for _ in range(1000))
    assert lock.accepts(("127.0.0.1", 4000), 1)


def test_new_sdp_opens_the_lock_and_the_same_keeps_it() -> None:
    lock = lock_for(CALLER, "192.0.2.1")
    lock.accepts(CALLER, 1)
    lock.expect(CALLER, "192.0.2.1")
    assert lock.locked == CALLER
    lock.expect(("192.0.2.1", 5000), "192.0.2.1")
    assert lock.locked is None and lock.accepts(("192.0.2.1", 5000), 1)
