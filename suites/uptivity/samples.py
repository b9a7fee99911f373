"""The known-good exchange, calls that must succeed by function, and how a device wants its parameters spelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped, Note
from harness.spec.functions import names_of
from suites.uptivity import SUITE
from suites.uptivity.changing import changing
from suites.uptivity.seen import recorded_devices
from suites.uptivity.world import (
    Fields,
    call,
    chat,
    device,
    fresh,
    media_format,
    new_agent,
    new_phone,
    new_role,
    person,
)


async def known_good(dut: DocumentDut) -> None:
    """The echo test that the document has for this purpose."""
    dut.ok(await dut.call("TEST"), check="succeeds")


SUITE.known_good = known_good


@SUITE.provides("spelling")
async def spelling(dut: DocumentDut, what: str) -> str:
    """How the device spells a function, or a parameter as `function.parameter`: the first spelling with which a call that needs it succeeds."""
    function, _, name = what.partition(".")
    if not name:
        return await _called(dut, function)
    parameter = dut.model.operations[function].parameters[name]
    spellings = list(dict.fromkeys(parameter.names.values()))
    pinned = dut.target.dialect.get(parameter.name_ambiguity or "")
    if pinned in parameter.names:
        return parameter.names[pinned]
    for spelled in spellings:
        dut.spell(what, spelled)
        fields = await _TRIED[what](dut) if what in _TRIED else await _with(dut, function, name)
        taken = dut.succeeded(await dut.call(function, fields, judged=False))
        if (
            "CALLINSTANCE" in fields
        ):  # what is found out once a run is undone at its end, and a call would be seen until then
            named = {one: fields[one] for one in ("DEVICEID", "CALLINSTANCE")}
            await dut.call("CALLSTOP", named, judged=False)
        if taken:
            return spelled
    return spellings[
        0
    ]  # it is not the spelling that is refused; the case that needs it tells by which clause it must not be


async def _with(dut: DocumentDut, function: str, name: str) -> Fields:
    """A call with a parameter: whether it is taken cannot be seen, but a spelling may be refused."""
    examples = dut.model.operations[function].parameters[name].examples
    return {name: next(iter(examples), "1"), **await sample(dut, function)}


async def _called(dut: DocumentDut, function: str) -> str:
    """The first name by which a function succeeds; its own where none does, so that its cases say what is wrong."""
    operation = dut.model.operations[function]
    pinned = dut.target.dialect.get(operation.name_ambiguity or "")
    if pinned in operation.names:
        return operation.names[pinned]
    road = dut.url_road() if operation.body is not None else None
    for name in names_of(function, operation):
        fields = await sample(dut, function)
        if dut.succeeded(await dut.call(function, fields, road=road, judged=False, called=name)):
            return name
    return function


# calls that must succeed, by function


async def sample(dut: DocumentDut, function: str, wrong: str = "") -> Fields:
    """The parameters of a call that must succeed; what it needs is made first. See `harness.derive_documents.Sample`."""
    make = _DEPENDENT.get(f"{function}.{wrong}") or _SAMPLES.get(function)
    return await make(dut) if make is not None else {}


async def _started(dut: DocumentDut) -> Fields:
    return {"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 5)}


async def _updated(dut: DocumentDut) -> Fields:
    return {**await call(dut, await changing(dut)), "USER3": "Follow up on order"}


async def recorded_call(dut: DocumentDut, on: str | None = None) -> Fields:
    """Start a call and wait until it is recorded; gives what names it.

    Raises:
        CaseSkipped: calls on the device are not recorded.
    """
    on = on or device(dut)
    if await dut.shared("recorded", on) != "yes":
        raise CaseSkipped(f"calls on {on} are not recorded: UPT-AMB-068")
    named = await call(dut, on)
    for pause_s in (0.01, 0.05, 0.1, 0.3, 0.6):
        words = (await dut.call("DEVICESTATUS", {"DEVICEID": on})).everywhere("ISRECORDING")
        if any(one.value.lower() in ("y", "true", "1") for one in words):
            break
        await dut.wait(pause_s * dut.target.clock_scale)
    return named


async def _recorded(dut: DocumentDut) -> Fields:
    named = await recorded_call(dut)
    await dut.setup("RECORDSTART", named)
    return named


async def _seen(dut: DocumentDut) -> Fields:
    return {"DEVICEID": (await call(dut))["DEVICEID"]}


async def _list(dut: DocumentDut) -> Fields:
    return {"DEVICEID": dut.fixture("recording_device_ids"), "CALLCOUNT": "5"}


async def _chat_started(dut: DocumentDut) -> Fields:
    return {"SESSIONID": fresh(dut), "AGENTID": dut.fixture("agent_ids")}


async def _chat(dut: DocumentDut) -> Fields:
    return {"SESSIONID": await chat(dut)}


async def _chat_updated(dut: DocumentDut) -> Fields:
    return {"SESSIONID": await chat(dut), "GROUP": "53"}


def _blackout(kind: str) -> Callable[[DocumentDut], Awaitable[Fields]]:
    async def made(dut: DocumentDut) -> Fields:
        on, other = await recorded_devices(dut, 2)
        named = await recorded_call(dut, on)
        if await dut.shared("pause", f"{kind} {on} {other}") == "refused":
            raise CaseSkipped(f"{kind} is switched off: UPT-AMB-137")
        # One that is on, perhaps since an earlier call, may refuse another: UPT-AMB-133, UPT-AMB-139.
        await dut.call(f"{kind}STOP", {"DEVICEID": on}, judged=False)
        return {"DEVICEID": named["DEVICEID"]}

    return made


def _blacked(kind: str) -> Callable[[DocumentDut], Awaitable[Fields]]:
    async def made(dut: DocumentDut) -> Fields:
        fields = await _blackout(kind)(dut)
        await dut.setup(f"{kind}START", fields)
        return fields

    return made


async def _user(dut: DocumentDut) -> Fields:
    return {"ACTION": "ADD", **person(dut)}


async def _phone(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {"ACTION": "ADD", "PHONEID": fresh(dut), "AGENTID": agent["AGENT_ID"]}


async def _station(dut: DocumentDut) -> Fields:
    return {
        "DEVICEID": dut.fixture("station_device_ids"),
        "STATIONNAME": dut.fixture("station_names"),
        "LOCATIONID": dut.fixture("location_ids"),
    }  # as it is already, since nothing removes a mapping


async def _station_back(dut: DocumentDut) -> Fields:
    """The same, put back after a case that may have changed it."""
    fields = await _station(dut)
    await Note("add", "IMPORTWORKSTATION", tuple(f"{name}={value}" for name, value in fields.items()))
    return fields


async def _group(dut: DocumentDut) -> Fields:
    return {"GROUPNAME": dut.fixture("group_names")}  # there already, since nothing removes a group


async def _member(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    phone = await new_phone(dut, agent)
    return {
        "ACTION": "ADD", "GROUPNAME": dut.fixture("group_names"), "AGENTID": agent["AGENT_ID"], "PHONEID": phone,
    }  # fmt: skip


async def _permitted(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {"ACTION": "ADD", "GROUPNAME": dut.fixture("group_names"), "USERNAME": agent["USERNAME"]}


async def _role(dut: DocumentDut) -> Fields:
    return {"ACTION": "ADD", "ROLENAME": f"Clausewise {fresh(dut)}", "DESCRIPTION": "for a test"}


async def _role_group(dut: DocumentDut) -> Fields:
    return {"ACTION": "ADD", "ROLENAME": await new_role(dut), "GROUPNAME": dut.fixture("group_names")}


async def _role_user(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {"ACTION": "ADD", "ROLENAME": await new_role(dut), "USERNAME": agent["USERNAME"]}


async def _window(dut: DocumentDut) -> Fields:
    return {"COMPUTERNAME": dut.fixture("computer_names")}


async def _export(dut: DocumentDut) -> Fields:
    return {
        "UNIQUEFIELD": "user2", "UNIQUEID": dut.fixture("recording_user2"), "MEDIA_FORMAT": media_format(dut),
    }  # fmt: skip


async def _exports(dut: DocumentDut) -> Fields:
    return {"IDENT": ",".join(dut.fixtures("recording_ids", count=2)[:2]), "MEDIA_FORMAT": media_format(dut)}


async def _events(_dut: DocumentDut) -> Fields:
    return {"EVENTCLASS": "ALL"}


_SAMPLES: dict[str, Callable[[DocumentDut], Awaitable[Fields]]] = {
    "CALLSTART": _started,
    "CALLSTOP": call,
    "CALLUPDATE": _updated,
    "RECORDSTART": recorded_call,
    "RECORDSTOP": _recorded,
    "DEVICESTATUS": _seen,
    "DEVICERECORDINGSTATUS": _seen,
    "CALLLIST": _list,
    "CHATSTART": _chat_started,
    "CHATSTOP": _chat,
    "CHATUPDATE": _chat_updated,
    "BLACKOUTSTART": _blackout("BLACKOUT"),
    "BLACKOUTSTOP": _blacked("BLACKOUT"),
    "AGENTBLACKOUTSTART": _blackout("AGENTBLACKOUT"),
    "AGENTBLACKOUTSTOP": _blacked("AGENTBLACKOUT"),
    "IMPORTUSER": _user,
    "IMPORTAGENTPHONE": _phone,
    "IMPORTWORKSTATION": _station,
    "ADDGROUP": _group,
    "MODIFYGROUPPERMISSION": _member,
    "MODIFYUSERGROUPPERMISSION": _permitted,
    "MODIFYROLE": _role,
    "MODIFYROLEGROUPPERMISSION": _role_group,
    "MODIFYUSERROLE": _role_user,
    "AGENTWINDOW": _window,
    "EXPORT": _export,
    "COMBINEDEXPORT": _exports,
    "MULTIEXPORT": _exports,
    "EVENTS": _events,
}


# calls that depend on a parameter which those above do without


async def _removed_role(dut: DocumentDut) -> Fields:
    return {"ACTION": "DELETE", "ROLENAME": await new_role(dut)}


async def _removed_user(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {"ACTION": "DELETE", "AGENT_ID": agent["AGENT_ID"], "PASSWORD": agent["PASSWORD"]}


async def _named_phone(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {
        "ACTION": "ADD", "PHONEID": fresh(dut), "FIRSTNAME": agent["FIRSTNAME"], "LASTNAME": agent["LASTNAME"],
    }  # fmt: skip


_DEPENDENT: dict[str, Callable[[DocumentDut], Awaitable[Fields]]] = {
    "MODIFYROLE.ROLENAME": _removed_role,
    "IMPORTWORKSTATION.DEVICEID": _station_back,
    "IMPORTWORKSTATION.LOCATIONID": _station_back,
    "IMPORTUSER.AGENT_ID": _removed_user,
    "IMPORTAGENTPHONE.FIRSTNAME": _named_phone,
    "IMPORTAGENTPHONE.LASTNAME": _named_phone,
}


# by what spellings are told apart


async def _modified(dut: DocumentDut) -> Fields:
    agent = await new_agent(dut)
    return {
        "ACTION": "MODIFY",
        "AGENT_ID": agent["AGENT_ID"],
        "FIRSTNAME": agent["FIRSTNAME"],
        "LASTNAME": agent["LASTNAME"],
        "PASSWORD": agent["PASSWORD"],
    }


async def _by_group_number(dut: DocumentDut) -> Fields:
    fields = await _member(dut)
    del fields["GROUPNAME"]
    return {**fields, "GROUPLD": dut.fixture("group_ids")}


_TRIED: dict[str, Callable[[DocumentDut], Awaitable[Fields]]] = {
    "IMPORTUSER.AGENT_ID": _modified,
    "MODIFYGROUPPERMISSION.GROUPLD": _by_group_number,
}
