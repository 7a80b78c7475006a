"""The people on the other side and how they are reached.

An address is ``(scope, external_id)``: scoped as its provider scopes it, e.g. ``("tel", "+8613800138000")``,
``("webchat:website", "v-5f2c")``, ``("wechat:wx1234", "o6_bmjrPTlm6")``. One address belongs to one contact.

Not here: their history (``interactions.of_contact``), their threads (``conversations``).
"""

from __future__ import annotations

from eslapp.core.model import Contact

from .tx import Row, Tx


def find_or_create(
    tx: Tx, *, scope: str, external_id: str, new_id: str, at: float, name: str = "", language: str = ""
) -> tuple[Contact, bool]:
    """The contact of this address, made under ``new_id`` if there is none. Returns ``(contact, is_new)``."""
    known = by_address(tx, scope, external_id)
    if known is not None:
        return known, False
    tx.insert("contacts", {"id": new_id, "name": name, "level": "", "language": language, "created_at": at})
    add_address(tx, new_id, scope=scope, external_id=external_id, at=at)
    return Contact(new_id, name=name, language=language, addresses=((scope, external_id),)), True


def add_address(tx: Tx, contact: str, *, scope: str, external_id: str, at: float, is_verified: bool = False) -> None:
    """Give the contact one more address; ``Conflict`` if it belongs to somebody else already."""
    row = {"scope": scope, "external_id": external_id, "contact": contact, "verified_at": at if is_verified else None}
    tx.insert("addresses", {**row, "is_verified": int(is_verified), "added_at": at})


def verify_address(tx: Tx, contact: str, *, scope: str, external_id: str, at: float) -> bool:
    """The contact proved that this address of theirs reaches them. False if it is none of theirs."""
    sql = (
        "UPDATE addresses SET is_verified = 1, verified_at = :at WHERE contact = :contact AND scope = :scope "
        "AND external_id = :external_id"
    )
    return tx.run(sql, contact=contact, scope=scope, external_id=external_id, at=at) == 1


def is_verified(tx: Tx, scope: str, external_id: str, *, since: float = 0.0) -> bool:
    """Whether whoever has this address has proved it, at ``since`` or later."""
    sql = "SELECT verified_at FROM addresses WHERE scope = :scope AND external_id = :external_id AND is_verified = 1"
    proved_at = tx.value(sql, scope=scope, external_id=external_id)
    return proved_at is not None and proved_at >= since


def by_address(tx: Tx, scope: str, external_id: str) -> Contact | None:
    """Whose address this is."""
    contact = tx.value(
        "SELECT contact FROM addresses WHERE scope = :scope AND external_id = :external_id",
        scope=scope,
        external_id=external_id,
    )
    return get(tx, contact) if contact else None


def get(tx: Tx, contact: str) -> Contact | None:
    """One contact with all addresses, the oldest first."""
    row = tx.one("SELECT id, name, level, language FROM contacts WHERE id = :id", id=contact)
    return _contact(tx, row) if row else None


def update(
    tx: Tx, contact: str, *, name: str | None = None, level: str | None = None, language: str | None = None
) -> bool:
    """Change what is given, keep the rest. False if there is no such contact."""
    changed = tx.run(
        "UPDATE contacts SET name = COALESCE(:name, name), level = COALESCE(:level, level), "
        "language = COALESCE(:language, language) WHERE id = :id",
        id=contact,
        name=name,
        level=level,
        language=language,
    )
    return changed == 1


def _contact(tx: Tx, row: Row) -> Contact:
    addresses = tx.all(
        "SELECT scope, external_id FROM addresses WHERE contact = :id ORDER BY added_at, scope, external_id",
        id=row["id"],
    )
    return Contact(**row, addresses=tuple((a["scope"], a["external_id"]) for a in addresses))
