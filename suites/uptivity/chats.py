"""Chats: recordings of the screen alone, by each key of an agent, side by side, and beside calls."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.naming import alias_of
from suites.uptivity.seen import begin, shows, stands, values
from suites.uptivity.world import Fields, agent_of, chat, fresh, new_agent

CHAPTER = "Recording Control Functions"
_BEGUN, _ENDED, _CHANGED = "CHATSTART.success", "CHATSTOP.success", "CHATUPDATE.success"
_ALL = (_BEGUN, _ENDED, _CHANGED)
_SURE = ("USERNAME", "EMPLOYEEID")
_OPEN = ("SYS_USER", "CRM_USER", "DEVICEALIAS")


async def keys_of(dut: DocumentDut, index: int) -> dict[str, list[str]]:
    """What an agent is known by, by the name of the key; an alias may be the device's or the phone's number."""
    agent = agent_of(dut, index)
    found = {
        "USERNAME": [agent.get("user", "")],
        "EMPLOYEEID": [agent.get("employee", "")],
        "SYS_USER": [agent.get("sys", "")],
        "CRM_USER": [agent.get("crm", "")],
    }
    if on := agent.get("device", ""):
        found["DEVICEALIAS"] = [await alias_of(dut, on), on]
    return {name: known for name, values_of in found.items() if (known := [one for one in values_of if one])}


@SUITE.scenario(
    "chats.keys", "UPT-CHT-003", "UPT-CHATSTART.KEYNAME", "UPT-CHATSTART.KEYVALUE", chapter=CHAPTER, after=(_BEGUN,)
)
async def keys(dut: DocumentDut) -> None:
    """CHATSTART finds an agent by each key: the two of both lists, and all or none of the three others."""
    clauses = ("UPT-CHT-003", "UPT-CHATSTART.KEYNAME", "UPT-CHATSTART.KEYVALUE")
    for road in dut.roads:
        known = await keys_of(dut, 0)
        for name in _SURE:
            for value in known.get(name, []):
                fields = {"SESSIONID": fresh(dut), "KEYNAME": name, "KEYVALUE": value}
                dut.ok(await dut.call("CHATSTART", fields, road=road), *clauses, check=f"{name}.{road}")
        found: dict[str, bool] = {}
        for name in _OPEN:
            for value in known.get(name, []):
                fields = {"SESSIONID": fresh(dut), "KEYNAME": name, "KEYVALUE": value}
                result = await dut.call("CHATSTART", fields, road=road)
                found[name] = found.get(name, False) or dut.either(result, "UPT-AMB-121", check=f"{name}.{road}")
                if found[name]:
                    break
        if found:
            got = ", ".join(f"{name} {'is' if good else 'is not'} known" for name, good in found.items())
            same = len(set(found.values())) == 1
            dut.check(
                f"others.{road}", same, "UPT-CHT-003", expected="all keys of the page, or the two of the sizes", got=got
            )


@SUITE.scenario("chats.unknown", "UPT-CHT-004", "UPT-CHT-002", chapter=CHAPTER, after=(_BEGUN,))
async def unknown(dut: DocumentDut) -> None:
    """An agent that there is none of, by number or by a key, is answered with API_AGENT_NOT_FOUND."""
    for road in dut.roads:
        tries: list[tuple[str, Fields]] = [("AGENTID", {"AGENTID": str(1_900_000_000 + dut.rng.randrange(1_000_000))})]
        tries += [(name, {"KEYNAME": name, "KEYVALUE": f"no{fresh(dut)}"}) for name in (*_SURE, *_OPEN)]
        for name, fields in tries:
            result = await dut.call("CHATSTART", {"SESSIONID": fresh(dut), **fields}, road=road)
            errors = ["agent-not-found"] if name not in _OPEN else []
            dut.refused(result, "UPT-CHT-004", errors=errors, check=f"{name}.{road}")


@SUITE.scenario("chats.life", "UPT-CHT-005", "UPT-CHT-007", chapter=CHAPTER, after=_ALL)
async def life(dut: DocumentDut) -> None:
    """A session that began on one road is updated on any road, with all values or some, and ended on another."""
    for index, road in enumerate(dut.roads):
        fields = {"SESSIONID": fresh(dut), "AGENTID": dut.fixture("agent_ids")}
        dut.ok(await dut.call("CHATSTART", fields, road=road), "UPT-CHATSTART")
        session = {"SESSIONID": fields["SESSIONID"]}
        for step in dut.roads:
            for new in (values(dut), {"GROUP": "53"}, {"CALLID": "000100000000092"}):
                result = await dut.call("CHATUPDATE", {**session, **new}, road=step)
                dut.ok(result, "UPT-CHT-007", check=f"updated.{road}.{step}")
        dut.ok(await dut.call("CHATSTOP", session, road=dut.roads[index - 1]), "UPT-CHT-005", check=f"ended.{road}")
        after = await dut.call("CHATUPDATE", {**session, "GROUP": "53"}, judged=False)
        dut.either(after, "UPT-AMB-122", check=f"over.{road}")
        again = await dut.call("CHATSTOP", session, judged=False)
        dut.either(again, "UPT-AMB-122", check=f"twice.{road}")


@SUITE.scenario("chats.several", "UPT-CHT-006", "UPT-CHT-007", "UPT-CHT-005", chapter=CHAPTER, after=_ALL)
async def several(dut: DocumentDut) -> None:
    """Three sessions of one agent are under way at a time; one that ends leaves the others, which can be changed and ended."""
    number = fresh(dut, 7)
    agent = dut.fixture("agent_ids")
    for road in dut.roads:
        left = [number, f"1{number}", number[1:]]
        for session in left:
            sent = {"SESSIONID": session, "AGENTID": agent}
            dut.ok(await dut.call("CHATSTART", sent, road=road), "UPT-CHT-006", check=f"begins.{road}")
        for chosen in (1, 0, 0):
            over = left.pop(chosen)
            dut.ok(await dut.call("CHATSTOP", {"SESSIONID": over}, road=road), "UPT-CHT-006", check=f"ends.{road}")
            for session in left:
                result = await dut.call("CHATUPDATE", {"SESSIONID": session, "USER3": "still here"}, road=road)
                dut.ok(result, "UPT-CHT-006", "UPT-CHT-007", check=f"goes-on.{road}")


@SUITE.scenario("chats.nameless", "UPT-CHT-001", chapter=CHAPTER, after=_ALL)
async def nameless(dut: DocumentDut) -> None:
    """No function about chats succeeds without SESSIONID, or with a blank one."""
    for road in dut.roads:
        for part in ({}, {"SESSIONID": ""}):
            for function in ("CHATSTART", "CHATSTOP", "CHATUPDATE"):
                more = {"CHATSTART": {"AGENTID": dut.fixture("agent_ids")}, "CHATUPDATE": {"GROUP": "53"}}.get(
                    function, {}
                )
                result = await dut.call(function, {**part, **more}, road=road)
                dut.refused(result, "UPT-CHT-001", check=f"{function}.{len(part)}.{road}")


@SUITE.scenario("chats.calls", "UPT-CHT-008", chapter=CHAPTER, after=(*_ALL, "DEVICERECORDINGSTATUS.success"))
async def calls(dut: DocumentDut) -> None:
    """A chat of an agent leaves the call on the agent's device as it is."""
    agent = agent_of(dut)
    call = await begin(dut, agent.get("device"), **values(dut))
    await shows(dut, call, call.given, "UPT-CAL-003")
    session = await chat(dut)
    await stands(dut, call, call.given, "UPT-CHT-008", check="begun")
    dut.ok(await dut.call("CHATUPDATE", {"SESSIONID": session, **values(dut, "O")}), "UPT-CHT-007")
    await stands(dut, call, call.given, "UPT-CHT-008", check="updated")
    dut.ok(await dut.call("CHATSTOP", {"SESSIONID": session}), "UPT-CHT-005")
    await stands(dut, call, call.given, "UPT-CHT-008", check="ended")


@SUITE.scenario("chats.open", chapter=CHAPTER, after=_ALL)
async def opens(dut: DocumentDut) -> None:
    """A session twice, two names of different agents, half a name, and an agent who is not active."""
    agents = dut.fixtures("agent_ids")
    session = {"SESSIONID": fresh(dut), "AGENTID": agents[0]}
    await dut.setup("CHATSTART", session)
    dut.either(await dut.call("CHATSTART", session, judged=False), "UPT-AMB-123", check="twice")
    other = agent_of(dut, min(1, len(agents) - 1))
    both = {"SESSIONID": fresh(dut), "AGENTID": agents[0], "KEYNAME": "USERNAME", "KEYVALUE": other.get("user", "")}
    dut.either(await dut.call("CHATSTART", both, judged=False), "UPT-AMB-125", check="both")
    for part in (
        {"KEYNAME": "USERNAME"},
        {"KEYVALUE": other.get("user", "")},
        {"KEYNAME": "SHOESIZE", "KEYVALUE": "43"},
    ):
        result = await dut.call("CHATSTART", {"SESSIONID": fresh(dut), **part}, judged=False)
        dut.either(result, "UPT-AMB-124", check="half")
    idle = await new_agent(dut, STATUS="I")
    result = await dut.call("CHATSTART", {"SESSIONID": fresh(dut), "AGENTID": idle["AGENT_ID"]}, judged=False)
    dut.either(result, "UPT-AMB-126", check="idle")
