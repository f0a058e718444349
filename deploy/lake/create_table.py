"""Creates the table that the sink writes, from `prelabel schema --format iceberg-json` on standard input.

The catalog is one that pyiceberg is configured for (.pyiceberg.yaml or PYICEBERG_CATALOG__NAME__…):
    prelabel schema -c prelabel.yaml --format iceberg-json | python create_table.py CATALOG labels.pre_annotations
"""

import json
import sys

from pyiceberg.catalog import load_catalog
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

if len(sys.argv) != 3:
    sys.exit(__doc__)
catalog, name = load_catalog(sys.argv[1]), sys.argv[2]
table = json.load(sys.stdin)
catalog.create_namespace_if_not_exists(name.rpartition(".")[0])
created = catalog.create_table(name, schema=Schema.model_validate(table["schema"]),
                               partition_spec=PartitionSpec.model_validate(table["partition-spec"]), properties=table["properties"])
print(f"created {name} in {created.location()}")
