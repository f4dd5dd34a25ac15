"""Prints as JSON what pyarrow and DuckDB say of a file of Parquet: types, rows, and the statistics of its first row group.

With more arguments, only an answer: `count PATH COLUMN VALUE` what both find, `sql QUERY` the rows that DuckDB gives.
"""

import json
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def rows_of(table: pa.Table) -> list[dict]:
    """Times as microseconds since 1970, which JSON holds without loss."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.int64()))
    return table.to_pylist()


def statistics_of(file: pq.ParquetFile) -> dict:
    group = file.metadata.row_group(0)
    found = {}
    for index in range(group.num_columns):
        column = group.column(index)
        stats = column.statistics
        found[column.path_in_schema] = {
            "compression": column.compression,
            "nulls": stats.null_count if stats is not None else None,
            "min": str(stats.min) if stats is not None and stats.has_min_max else None,
            "max": str(stats.max) if stats is not None and stats.has_min_max else None,
        }
    return found


def by_pyarrow(path: str) -> dict:
    file = pq.ParquetFile(path)
    return {
        "types": {field.name: str(field.type) for field in file.schema_arrow},
        "required": [field.name for field in file.schema_arrow if not field.nullable],
        "rows": rows_of(file.read()),
        "statistics": statistics_of(file),
    }


def by_duckdb(path: str) -> dict:
    base = duckdb.connect()
    base.execute("SET TimeZone = 'America/New_York'")
    types = base.execute("DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning=false)", [path]).fetchall()
    times = [name for name, kind, *_ in types if kind.startswith("TIMESTAMP")]
    replaced = ", ".join(f"epoch_us({name}) AS {name}" for name in times)
    chosen = f"* REPLACE ({replaced})" if times else "*"
    cursor = base.execute(f"SELECT {chosen} FROM read_parquet(?, hive_partitioning=false)", [path])
    names = [name for name, *_ in cursor.description]
    return {
        "types": {name: kind for name, kind, *_ in types},
        "rows": [dict(zip(names, row, strict=True)) for row in cursor.fetchall()],
    }


def count(path: str, column: str, value: str) -> dict:
    query = f"SELECT count(*) FROM read_parquet(?) WHERE {column} = ?"
    [[found]] = duckdb.connect().execute(query, [path, value]).fetchall()
    return {"duckdb": found, "pyarrow": pq.read_table(path, filters=[(column, "=", value)]).num_rows}


def rows_by_sql(query: str) -> list[dict]:
    cursor = duckdb.connect().execute(query)
    names = [name for name, *_ in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["count", path, column, value]:
            answer = count(path, column, value)
        case ["sql", query]:
            answer = rows_by_sql(query)
        case [path]:
            answer = {"pyarrow": by_pyarrow(path), "duckdb": by_duckdb(path)}
    json.dump(answer, sys.stdout, default=str)
