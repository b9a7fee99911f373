"""The mutants of what no structure of the spec says: calls, recordings, lists, groups, roles, agents, and how functions go together."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.uptivity import breaches_admin, breaches_calls, breaches_status
from harness.mutation.mutant import Mutant
from harness.spec.model import System

# What follows from the structure of the spec, or was written for a clause, and is no breach under a reading of an ambiguity.
ALLOWED = {
    "UPT-NUM-002:taken": "UPT-AMB-021: it may be served",
    "UPT-NUM-006:a": "UPT-AMB-022 to 024: it may be served, which is told as unusual",
    "UPT-MSG-010:taken": "UPT-AMB-020: it may be served",
    "UPT-CHT-002:CHATSTART.1.taken": "UPT-AMB-124: it may be served",
    "UPT-EML-001:EMAIL.0.taken": "UPT-AMB-181: it may be served",
    "UPT-EXP-010:EMAIL.1.taken": "UPT-AMB-186: it may be served",
    "UPT-EML-002:COMBINEDEMAIL.0.taken": "UPT-AMB-181: it may be served",
    "UPT-GRP-001:ADDGROUP.0.taken": "UPT-AMB-007: it may be served",
    "UPT-GRP-010:MODIFYGROUPPERMISSION.0.taken": "UPT-AMB-147: it may be served",
    "UPT-GRP-010:MODIFYUSERGROUPPERMISSION.0.taken": "UPT-AMB-147: it may be served",
    "UPT-ROL-001:MODIFYROLE.0.taken": "UPT-AMB-147: it may be served",
    "UPT-ROL-001:MODIFYROLEGROUPPERMISSION.0.taken": "UPT-AMB-147: it may be served",
    "UPT-ROL-004:MODIFYROLEGROUPPERMISSION.2.taken": "UPT-AMB-007: it may be served",
    "UPT-ROL-001:MODIFYUSERROLE.0.taken": "UPT-AMB-147: it may be served",
    "UPT-ROL-016:MODIFYUSERROLE.3.taken": "UPT-AMB-176: it may be served",
    "UPT-USR-001:IMPORTUSER.0.taken": "UPT-AMB-147: it may be served",
    "UPT-USR-003:IMPORTUSER.2.taken": "UPT-AMB-143: it may be served",
    "UPT-PHN-001:IMPORTAGENTPHONE.0.taken": "UPT-AMB-147: it may be served",
    "UPT-WST-001:IMPORTWORKSTATION.0.taken": "UPT-AMB-007: it may be served",
    "UPT-DEV-005:DEVICESTATUS.0.taken": "UPT-AMB-093: it may be served",
    "UPT-DEV-005:DEVICERECORDINGSTATUS.0.taken": "UPT-AMB-093: it may be served",
    "UPT-BLACKOUTSTART:refused": "UPT-AMB-137: it may be switched off",
    "UPT-BLACKOUTSTART.DEVICEID:refused": "UPT-AMB-137: it may be switched off",
    "UPT-AGENTBLACKOUTSTART:refused": "UPT-AMB-137: it may be switched off",
    "UPT-AGENTBLACKOUTSTART.DEVICEID:refused": "UPT-AMB-137: it may be switched off",
    "UPT-EMAIL.UNIQUEID:refused": "a device without a mail server refuses it",
    "UPT-EMAIL.TOADDRESS:refused": "a device without a mail server refuses it",
    "UPT-COMBINEDEMAIL.TOADDRESS:refused": "a device without a mail server refuses it",
    "UPT-COMBINEDEMAIL.TONAME:refused": "a device without a mail server refuses it",
    "UPT-COMBINEDEMAIL.FROMADDRESS:refused": "a device without a mail server refuses it",
    "UPT-COMBINEDEMAIL.FROMNAME:refused": "a device without a mail server refuses it",
    "UPT-COMBINEDEMAIL.UNIQUEID:refused": "a device without a mail server refuses it",
    "UPT-EMAIL.ENCRYPT:refused-N": "a device without a mail server refuses it",
    "UPT-AGENTWINDOW.USERNAME:refused": "UPT-AMB-202: nothing may be known of the user",
    "UPT-MODIFYROLEGROUPPERMISSION.answer.ROLEID:twice": "it may be left out, as the reference server does",
    "UPT-MODIFYROLEGROUPPERMISSION.answer.ROLEID:other-type": "it may be left out, as the reference server does",
    "UPT-MODIFYROLEGROUPPERMISSION.answer.ROLEID:other": "it may be left out, as the reference server does",
    "UPT-STATIONS.answer.STATIONS.STATIONNAME:twice": "the other form of the list has it; the reference server has sections",
    "UPT-STATIONS.answer.STATIONS.STATIONNAME:nested": "the other form of the list has it; the reference server has sections",
    "UPT-STATIONS.answer.STATIONS.DEVICEID:twice": "the other form of the list has it; the reference server has sections",
    "UPT-STATIONS.answer.STATIONS.DEVICEID:nested": "the other form of the list has it; the reference server has sections",
    "UPT-CALLUPDATE.DEVICEALIAS:refused": "UPT-AMB-077: only users may be looked up",
    "UPT-CALLUPDATE.STATIONNAME:refused": "UPT-AMB-077: only users may be looked up",
    "UPT-IMPORTUSER.ADD_TIME:refused": "UPT-AMB-193: only a blank one is known to be right",
    "UPT-IMPORTUSER.MOD_TIME:refused": "UPT-AMB-193: only a blank one is known to be right",
    "UPT-EVENTS.EVENTVALUE:refused": "UPT-AMB-058: what is not empty may be refused",
    "UPT-CAL-010:a": "UPT-AMB-061: the text may be words of the device's own",
    "UPT-ROL-015:a": "UPT-AMB-173: it may be served",
    "UPT-USR-019:a": "UPT-AMB-154: it may be taken if it is free",
    "UPT-EVT-009:other-CALLSTART": "an event of another device is the event that was not told, UPT-EVT-011",
}


def mutants(system: System) -> Sequence[Mutant]:
    """Every mutant that a person wrote, but for those that a reading allows."""
    modules = (breaches_calls, breaches_status, breaches_admin)
    return [one for module in modules for one in module.mutants(system) if one.id not in ALLOWED]
