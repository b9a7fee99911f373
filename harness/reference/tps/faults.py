"""The seeded faults of the TelePresence Server reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from harness.reference.faults import read_faults
from harness.reference.tps.faults_administration import TEXT as ADMINISTRATION
from harness.reference.tps.faults_common import TEXT
from harness.reference.tps.faults_life import TEXT as LIFE
from harness.reference.tps.faults_lists import TEXT as LISTS
from harness.reference.tps.faults_meetings import TEXT as MEETINGS
from harness.reference.tps.faults_sending import TEXT as SENDING

FAULTS = read_faults(TEXT, MEETINGS, LIFE, ADMINISTRATION, LISTS, SENDING)
