"""The tables of the index, as one version after another laid them out; `sqlite_utils` records which
of these were carried out. Part of the one place that knows SQL."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("uglynet-gallery")


@migrations()
def create_takes(db: Database) -> None:
    """The takes of the first version, before they had records of their own."""
    columns = {
        "id": str,
        "net": str,
        "kept_at_s": float,
        "expires_at_s": float,
        "in_gallery": int,
    }
    db.table("takes").create(columns, pk="id", not_null=set(columns))


@migrations()
def index_by_time(db: Database) -> None:
    """The attract loop asked for the newest."""
    db.table("takes").create_index(["kept_at_s"])


@migrations()
def create_records(db: Database) -> None:
    """The records; times are seconds since the epoch. A changed record gets a new `seq`."""
    db.execute(
        "create table records (seq integer primary key autoincrement, id text not null unique,"
        " kept_at_s real not null, expires_at_s real not null, told text not null,"
        " leaps_s real not null, shown integer not null, record text not null)"
    )
    db.execute("create index records_by_time on records (kept_at_s desc, id)")
    db.execute("create index records_by_end on records (expires_at_s)")
    db.execute("create index records_by_told on records (told, leaps_s)")


@migrations()
def add_door(db: Database) -> None:
    """What the door looks a take up by: its token's mark, and its creature's name."""
    for column in (
        "door text not null default ''",
        "name text not null default ''",
        "pinned integer not null default 0",
        "likes integer not null default 0",
        "moderation text not null default 'unseen'",
    ):
        db.execute(f"alter table records add column {column}")
    db.execute(
        "update records set name = coalesce(json_extract(record, '$.net.name'), ''),"
        " moderation = coalesce(json_extract(record, '$.moderation'), 'unseen')"
        " where json_valid(record)"
    )
    db.execute("create index records_by_door on records (door) where door != ''")


@migrations()
def add_kin(db: Database) -> None:
    """Which take's net grew from which, so that a child is found by its parent."""
    db.execute("create table kin (parent text not null, child text not null)")
    db.execute("create index kin_by_parent on kin (parent)")
    db.execute("create index kin_by_child on kin (child)")
    db.execute(
        "insert into kin select json_each.value, records.id from records,"
        " json_each(records.record, '$.parents') where json_valid(records.record)"
    )


@migrations()
def index_to_page(db: Database) -> None:
    """All that an operator's page of takes is chosen by, so that a search through ten thousand
    reads none of their records."""
    db.execute("create index records_to_page on records (kept_at_s desc, id, name, moderation)")


@migrations()
def add_whose(db: Database) -> None:
    """Which booth of the fleet a take came from; '' for this booth's own."""
    db.execute("alter table records add column whose text not null default ''")


KNOWN = frozenset(
    (
        "create_takes",
        "index_by_time",
        "create_records",
        "add_door",
        "add_kin",
        "index_to_page",
        "add_whose",
    )
)
"""Every table and index that this version knows; a newer one's are left alone."""
