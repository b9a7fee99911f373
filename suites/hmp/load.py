"""What a load run sends: a control room that watches recordings, editors at work, and both together.

Nothing piles up on the device: sessions and recordings are made before the load and removed after it, and what is sent meanwhile only
reads or overwrites.
"""

from collections.abc import Sequence

from harness.checks.answer import Answer
from harness.load.scenario import LoadOperation, LoadScenario, Values, together
from suites.hmp import SUITE

_STATUS, _SESSION, _RECORDING = "getRecordingStatus", "updateSessionMetadata", "updateMetadata"
_PLAIN = ("Lecture", "Keynote", "Board", "Rehearsal", "Studio", "Surgery")
_QUOTED = (
    "Lecture on anatomy",
    "Room 12, north wing",
    "Vorlesung über Akustik",
    "講義 第三回",
    "Panel: open questions",
)
_ESCAPED = ('The "first" take', "C:\\media\\clips", 'He said: "\\"', 'line one\nline "two"')


def _text(values: Values, texts: Sequence[str]) -> str:
    """One of the texts, and a number that makes the next request another one."""
    return f"{values.rng.choice(texts)}{values.rng.randrange(100, 1000)}"


def _watched(name: str, weight: int, state: str) -> LoadOperation:
    finished = state == "FINISHED"
    refused = (Answer(error="active-recording-not-found", reading="not-active"),) if finished else ()
    return LoadOperation(
        name=name,
        weight=weight,
        operation=_STATUS,
        values=lambda values: (values[name],),
        answers=(Answer(value=state, reading="finished" if finished else ""), *refused),
        ambiguity="HMP-AMB-017" if finished else None,
        clauses=("HMP-REC-010", f"HMP-{_STATUS}"),
        objects=(name,),
    )


MONITOR = SUITE.load_scenario(
    LoadScenario(
        name="monitor",
        about="a control room that asks for the status of recordings in every state, now and then of one that is gone",
        objects={
            "finished": ("recording", "FINISHED"),
            "active": ("recording", "RECORDING"),
            "paused": ("recording", "PAUSED"),
        },
        operations=(
            _watched("active", 60, "RECORDING"),
            _watched("paused", 18, "PAUSED"),
            _watched("finished", 18, "FINISHED"),
            LoadOperation(
                name="gone",
                weight=4,
                operation=_STATUS,
                values=lambda values: (values.unknown_id(),),
                answers=(Answer(error="active-recording-not-found"), Answer(error="status-not-found")),
                clauses=(f"HMP-{_STATUS}.recordingId.unknown",),
            ),
        ),
    )
)


def _edited(
    name: str, weight: int, operation: str, thing: str, texts: Sequence[str], *, quoted: bool = False
) -> LoadOperation:
    # A title may be shown on one line, so what has line feeds goes into the description.
    field = "description" if texts is _ESCAPED else "title"
    return LoadOperation(
        name=name,
        weight=weight,
        operation=operation,
        values=lambda values: (values[thing], field, _text(values, texts)),
        clauses=("HMP-MET-001", f"HMP-{operation}"),
        objects=(thing,),
        quoted=quoted,
    )


def _mistaken(
    name: str, operation: str, error: str, clause: str, *values: str, about: int | None = None
) -> LoadOperation:
    """One deliberate mistake; in `values`, `session` stands for the session's id, `unknown` for an id of nothing."""
    return LoadOperation(
        name=name,
        weight=1,
        operation=operation,
        values=lambda made: tuple(
            made["session"] if value == "session" else made.unknown_id() if value == "unknown" else value
            for value in values
        ),
        answers=(Answer(error=error, about=about),),
        clauses=(clause,),
        objects=("session",) if "session" in values else (),
    )


EDIT = SUITE.load_scenario(
    LoadScenario(
        name="edit",
        about="editors who describe sessions and recordings in plain, quoted and escaped words, with a few mistakes",
        objects={"finished": ("recording", "FINISHED"), "session": ("session", "empty")},
        operations=(
            _edited("session-plain", 20, _SESSION, "session", _PLAIN),
            _edited("session-quoted", 15, _SESSION, "session", _QUOTED),
            _edited("session-escaped", 10, _SESSION, "session", _ESCAPED, quoted=True),
            _edited("recording-plain", 15, _RECORDING, "finished", _PLAIN, quoted=True),
            _edited("recording-quoted", 10, _RECORDING, "finished", _QUOTED),
            _edited("recording-escaped", 10, _RECORDING, "finished", _ESCAPED),
            LoadOperation(
                name="live",
                weight=16,
                operation="setLiveSession",
                values=lambda values: (values["session"], values.rng.choice(("true", "false"))),
                clauses=("HMP-SES-003", "HMP-setLiveSession"),
                objects=("session",),
            ),
            _mistaken("no-such-session", _SESSION, "session-not-found", f"HMP-{_SESSION}.sessionId.unknown", "unknown", "title", "x"),
            _mistaken("no-such-recording", _RECORDING, "recording-not-found", f"HMP-{_RECORDING}.recordingId.unknown", "unknown", "title", "x"),
            _mistaken("no-such-field", _SESSION, "bad-field", f"HMP-{_SESSION}.fieldName.type", "session", "colour", "x", about=1),
            _mistaken("no-id", "setLiveSession", "not-a-uuid", "HMP-setLiveSession.sessionId.type", "main hall", "true", about=0),
        ),
    )
)  # fmt: skip

SUITE.load_scenario(
    together("mixed", "the control room and the editors at once, 70 to 30", (70, MONITOR), (30, EDIT)), default=True
)
