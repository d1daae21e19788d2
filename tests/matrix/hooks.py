"""Lets requests that schemathesis makes up get somewhere (see generated.rs).

Names of workspaces, files, people and uploads are those that there are, in three of four requests that are to be right. Requests that are
to be wrong stay as they are. Everything comes from a signed-in owner and administrator, by a trusted proxy that names another address for
every request, so that budgets of addresses are not what is looked at.
"""

import itertools
import json
import os
import random

import schemathesis

WORLD = json.loads(os.environ["OR3_WORLD"])
ADDRESSES = itertools.count(0x0B00_0000)
CHANCE = random.Random(8)

# Members of bodies, wherever they are, that name something.
NAMES = {
    "workspaceId": WORLD["home"],
    "workspace_id": WORLD["home"],
    "hash": WORLD["hash"],
    "userId": WORLD["user"],
    "inviteId": WORLD["invite"],
    "mime_type": "image/png",
    "size_bytes": len(WORLD["content"]),
    "email": "somebody@example.test",
}


@schemathesis.serializer("application/offset+octet-stream")
def part(context, value):
    """A part of an upload is bytes as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    """The last look at a request."""
    address = next(ADDRESSES)
    case.headers["X-Forwarded-For"] = ".".join(str(address >> bits & 255) for bits in (24, 16, 8, 0))
    case.headers["X-Forwarded-Host"] = "or3.test"
    case.headers["Origin"] = "http://or3.test"
    # What ends sessions ends those of somebody else.
    ends = case.path.startswith("/api/basic-auth/")
    tokens = WORLD["other" if ends else "owner"]
    case.cookies = {"or3_access": tokens["access"], "or3_refresh": tokens["refresh"]}
    if case.path.startswith("/api/admin/") and CHANCE.random() < 0.75:
        case.cookies["or3_admin"] = WORLD["admin"]
    if "negative" in str(case.meta.generation.mode).lower() or CHANCE.random() > 0.75:
        return
    name(case)


def name(case):
    """Puts the names of what there is into a request."""
    of_a_workspace = case.path.endswith("/workspaces/{id}") and case.method != "DELETE"
    if of_a_workspace or case.path == "/api/admin/workspaces/{id}/restore":
        case.path_parameters["id"] = WORLD["home"]
    if case.path == "/api/workspaces/active":
        case.body = {"id": WORLD["home"]}
    if case.path == "/api/storage/tus/{id}" and case.method != "DELETE":
        case.path_parameters["id"] = WORLD["partial"]
        case.headers["Tus-Resumable"] = "1.0.0"
    if case.path == "/api/storage/tus" and case.method == "POST":
        case.headers["Upload-Metadata"] = WORLD["metadata"]
        case.headers["Upload-Length"] = str(len(WORLD["content"]))
        case.headers["Tus-Resumable"] = "1.0.0"
    if case.path == "/api/storage/fs/upload":
        case.query["token"] = WORLD["upload"]
        case.headers["Content-Type"] = "image/png"
        case.body = WORLD["content"].encode()
    if case.path == "/api/storage/fs/download":
        case.query["token"] = WORLD["download"]
    # An open stream takes a second, so that few are opened.
    if "workspaceId" in (case.query or {}) and (case.path != "/api/sync/stream" or CHANCE.random() < 0.05):
        case.query["workspaceId"] = WORLD["home"]
    rename(case.body)
    if case.path == "/api/basic-auth/register":
        case.body = {**case.body, "confirmPassword": case.body["password"]}


def rename(value):
    """The same in a body."""
    if isinstance(value, list):
        for item in value:
            rename(item)
    if isinstance(value, dict):
        for member, inner in value.items():
            if member in NAMES and type(NAMES[member]) is type(inner):
                value[member] = NAMES[member]
            else:
                rename(inner)
