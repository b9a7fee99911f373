"""Messages in the forms that the HMP document shows, with values of our own."""

from __future__ import annotations

ID = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"

QUOTED = (
    'createSession "My session"',
    f"OK|{ID}",
    f"OK {ID}",
    "OK | PAUSED",
    "OK",
    f"setLiveSession {ID} true",
    'deleteSession "Some title"',
    f"addSourceToSession {ID} {ID}",
    f"shareSessionWithUser someone EDIT {ID}",
    f'updateSessionMetadata {ID} title "New title"',
    f"updateMetadata {ID} createdBy me",
    f'setSessionCategory {ID} {ID} one "two words" three',
    f"startRestreamRecording {ID} 10.0.0.7 5004",
    f"shareRecording someone OWN {ID}",
    "ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)",
    "ERROR 010003 Expected 1 parameter(s). Got 2 parameter(s)",
    "ERROR Command not found",
    "ERROR|000002|Command not found",
    "ERROR|010001|'word' is not a UUID",
    "ERROR|010001|'word' is not a uuid",
    "ERROR|060003|Active recording currently in progress",
)
