#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""The JSON report is what doc/echo-load.schema.json says, and nothing else."""
import copy
import json
import unittest

import reports

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA, OF_COMPARE = (
    json.loads((reports.TOP / f"doc/{name}.schema.json").read_text())
    for name in ("echo-load", "echo-load-compare"))


def objects(schema, path="#"):
    """All parts of a schema that describe an object, with their paths."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for i, value in enumerate(schema):
            yield from objects(value, f"{path}/{i}")


def places(value):
    """All objects of a document."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from places(part)
    elif isinstance(value, list):
        for part in value:
            yield from places(part)


class Schema(unittest.TestCase):
    """The schema, and reports of all kinds."""

    @classmethod
    def setUpClass(cls):
        cls.validator = jsonschema.Draft7Validator(SCHEMA)

    def check(self, document):
        """Fails with the first thing that is wrong, if there is any."""
        for error in self.validator.iter_errors(document):
            self.fail(f"{list(error.absolute_path)}: {error.message}")

    def test_schema_is_one(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator.check_schema(OF_COMPARE)

    def test_schema_is_strict(self):
        found = list(objects(SCHEMA))
        self.assertGreater(len(found), 15)
        for path, part in [*found, *objects(OF_COMPARE)]:
            with self.subTest(path):
                self.assertIs(part["additionalProperties"], False)
                self.assertEqual(sorted(part["required"]),
                                 sorted(part["properties"]))

    def test_reports_of_one_run(self):
        for sample in reports.SAMPLES:
            with self.subTest(sample):
                self.check(json.loads(reports.report("json", sample)))

    def test_report_of_several_runs(self):
        document = json.loads(reports.report("json", "full", "full", "full"))
        self.check(document)
        self.assertEqual(document["summary"]["rate"],
                         {"best": 2, "median": 1, "worst": 0})

    def test_whatever_is_added_or_left_out_is_an_error(self):
        """So a row more in any table does not go unnoticed."""
        good = json.loads(reports.report("json", "full"))
        run = good["runs"][0]
        # One of each is enough.
        for entries in (run["series"]["entries"], run["errors"],
                        run["objectives"], run["verdict"]["reasons"]):
            del entries[1:]
        count = len(list(places(good)))
        self.assertGreater(count, 20)
        for i in range(count):
            for change in ("add", "remove"):
                bad = copy.deepcopy(good)
                place = list(places(bad))[i]
                keys = sorted(place)
                if change == "add":
                    place["added"] = 0
                else:
                    del place[keys[0]]
                with self.subTest(keys=keys, change=change):
                    self.assertFalse(self.validator.is_valid(bad))


if __name__ == "__main__":
    reports.main(None if jsonschema else
                 "no jsonschema; on Debian: apt install python3-jsonschema")
