"""Calls about aliases: requests from plain data, plain data from answers. Pure; knows no channel."""

from lensdex.index.v1 import alias_pb2
from lensdex.index.v1 import collection_service_pb2 as pb
from lensdex_client import alias as data
from lensdex_client.calls import Call, method


def set_alias(alias: data.Alias, *, expected_collection: str | None = None) -> Call[data.AliasSet]:
    """Return the call that makes or moves *alias*."""
    message = alias_pb2.Alias(name=alias.name, collection=alias.collection, default_view=alias.default_view)
    request = pb.SetAliasRequest(alias=message, expected_collection=expected_collection)
    return Call(method("CollectionService/SetAlias"), request, _set)


def delete_alias(name: str) -> Call[data.Alias]:
    """Return the call that deletes the alias *name* and answers what it was."""
    return Call(method("CollectionService/DeleteAlias"), pb.DeleteAliasRequest(name=name), _deleted)


def list_aliases(*, page_size: int = 0, page_token: str = "") -> Call[data.AliasPage]:
    """Return the call that lists one page of aliases."""
    request = pb.ListAliasesRequest(page_size=page_size, page_token=page_token)
    return Call(method("CollectionService/ListAliases"), request, _page)


def unpack_alias(message: alias_pb2.Alias) -> data.Alias:
    """Return *message* as plain data."""
    return data.Alias(name=message.name, collection=message.collection, default_view=message.default_view)


def _set(response: pb.SetAliasResponse, _: str) -> data.AliasSet:
    return data.AliasSet(alias=unpack_alias(response.alias), previous_collection=response.previous_collection)


def _deleted(response: pb.DeleteAliasResponse, _: str) -> data.Alias:
    return unpack_alias(response.alias)


def _page(response: pb.ListAliasesResponse, _: str) -> data.AliasPage:
    aliases = tuple(unpack_alias(item) for item in response.aliases)
    return data.AliasPage(aliases=aliases, next_page_token=response.next_page_token)
