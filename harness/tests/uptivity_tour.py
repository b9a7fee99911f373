"""A tour through a Discover system that every seeded fault changes."""

from __future__ import annotations

from collections.abc import Sequence

from harness.tests.uptivity_scene import Scene


class Tour:
    """Does everything once or more, and keeps what it sees."""

    def __init__(self, faults: Sequence[str]) -> None:
        self._scene = Scene(faults)
        self._seen: list[bytes] = []

    def seen(self) -> list[bytes]:
        """Everything that the system sent."""
        for part in (
            self._calls, self._instances, self._records, self._lists, self._blackouts, self._chats, self._people,
            self._groups, self._web, self._files, self._events, self._framing, self._numbers,
        ):  # fmt: skip
            part()
        return self._seen

    def _do(self, function: str, **values: str) -> None:
        self._seen.append(self._scene.raw(function, **values))

    def _url(self, function: str, page: str = "/webAPI.php", **values: str) -> None:
        self._seen.append(self._scene.url(function, page, **values)[1])

    def _get(self, query: str) -> None:
        self._seen.append(self._scene.get(query)[1])

    def _wait(self, seconds: float = 2.0) -> None:
        self._scene.clock.now += seconds

    def _calls(self) -> None:
        do = self._do
        do("TEST")
        do("DEVICELIST")
        do("SYSTEMSTATUS")
        do("CHANNELS")
        do("STATIONS")
        do("FETCHTERMINOLOGY")
        do("FETCHTERMINOLOGY")
        do("CALLUPDATE", DEVICEID="1111", USER3="idle")
        do(
            "CALLSTART",
            DEVICEID="1111",
            USER1="a",
            USER4="x < y",
            USER7="seven",
            USER9="nine",
            USER15="last",
            CALLDIRECTION="I",
        )
        do("DEVICESTATUS", DEVICEID="1111")
        do("CALLUPDATE", DEVICEID="1111", USER1="b", USER11="eleven")
        do("CALLUPDATE", DEVICEID="1111", USER2="c")
        do("DEVICESTATUS", DEVICEID="1111")
        do("DEVICESTATUS", CRM_USER="CCJSMITH")
        do("CALLUPDATE", CRM_USER="CCJSMITH", USER5="five")
        do("DEVICELIST")
        self._wait()
        do("CALLSTOP", DEVICEID="1111")
        do("CALLLIST", DEVICEID="1111")
        do("CALLUPDATE", DEVICEID="1111", USER3="idle")
        do("CALLUPDATE", DEVICEID="1212", USER3="later", UPDATE_IF_NOT_RECORDING="Y")
        do("CALLUPDATE")
        do("CALLSTART", DEVICEALIAS="nobody")
        do("CALLLIST")
        do("CALLSTART", DEVICEID="1111", MAXRECORDTIME="5")
        self._wait(10)
        do("DEVICESTATUS", DEVICEID="1111")
        do("CALLSTOP", DEVICEID="1111")

    def _instances(self) -> None:
        do = self._do
        for instance, value in (("7", "seven"), ("8", "eight"), ("9", "nine")):
            do("CALLSTART", DEVICEID="1212", CALLINSTANCE=instance, USER1=value)
        do("DEVICERECORDINGSTATUS", DEVICEID="1212")
        do("CALLUPDATE", DEVICEID="1212", CALLINSTANCE="7", USER2="only")
        do("CALLUPDATE", DEVICEID="1212", USER3="last")
        do("DEVICESTATUS", DEVICEID="1212")
        do("DEVICERECORDINGSTATUS", DEVICEID="1212")
        do("CALLSTART", DEVICEID="1313")
        do("DEVICELIST")
        do("BLACKOUTSTART", DEVICEID="1212", CALLINSTANCE="8")
        do("DEVICERECORDINGSTATUS", DEVICEID="1212")
        do("AGENTBLACKOUTSTART", DEVICEID="1212")
        do("DEVICERECORDINGSTATUS", DEVICEID="1212")
        do("AGENTBLACKOUTSTOP", DEVICEID="1212")
        do("BLACKOUTSTOP", DEVICEID="1212", CALLINSTANCE="8")
        do("CALLSTOP", DEVICEID="1212", CALLINSTANCE="8")
        do("DEVICERECORDINGSTATUS", DEVICEID="1212")
        do("RECORDSTART", DEVICEID="1212", CALLINSTANCE="9", USER1="part")
        do("CALLSTOP", DEVICEID="1212", CALLINSTANCE="9")
        do("CALLSTOP", DEVICEID="1212", CALLINSTANCE="7")
        do("CALLSTART", DEVICEID="1212", CALLINSTANCE="7")
        do("DEVICESTATUS", DEVICEID="1212")
        do("CALLSTOP", DEVICEID="1212", CALLINSTANCE="7")
        do("CALLSTOP", DEVICEID="1313")
        do("CALLLIST", DEVICEID="1212")

    def _records(self) -> None:
        do = self._do
        do("CALLUPDATE", RECORDID="13103", USER9="nine", USER10="ten")
        do("CALLUPDATE", RECORDID="13104", USER5="five", DNIS="77")
        do("CALLLIST", USER3="1")
        do("CALLLIST")
        do("CALLLIST", USER11="eleven")
        do("CALLLIST", USER1="Gold")

    def _lists(self) -> None:
        do = self._do
        times = self._scene.device.fixtures()["recording_times"]
        assert isinstance(times, list)
        first, last = str(times[3]), str(times[9])
        do("CALLLIST", USER1="Gold Level", USER3="1")
        do("CALLLIST", CALLCOUNT="3")
        do("CALLLIST", CALLCOUNT="3", CALLDATESTART=first)
        do("CALLLIST", CALLDATEEND=last)
        do("CALLLIST", CALLDATESTART=first, CALLDATEEND=last)

    def _blackouts(self) -> None:
        do = self._do
        do("BLACKOUTSTART")
        do("BLACKOUTSTART", DEVICEALIAS="nobody")
        do("CALLSTART", DEVICEID="1414", USER1="kept")
        do("BLACKOUTSTART", DEVICEID="1414", TIMEOFFSET="-5")
        do("BLACKOUTSTART", DEVICEID="1414", TIMEOFFSET="5")
        do("BLACKOUTSTOP", DEVICEID="1414", TIMEOFFSET="-60")
        do("DEVICERECORDINGSTATUS", DEVICEID="1414")
        do("RECORDSTART", DEVICEID="1414")
        do("DEVICESTATUS", DEVICEID="1414")
        do("RECORDSTOP", DEVICEID="1414")
        do("CALLSTOP", DEVICEID="1414")

    def _chats(self) -> None:
        do = self._do
        do("CALLSTART", DEVICEID="1515", USER1="call")
        do("CHATSTART", SESSIONID="1", KEYNAME="CRM_USER", KEYVALUE="CCLVOGT")
        do("CHATSTART", SESSIONID="2", KEYNAME="USERNAME", KEYVALUE="lvogt1")
        do("CHATSTART", SESSIONID="3", KEYNAME="USERNAME", KEYVALUE="nobody")
        do("CHATUPDATE", SESSIONID="2", USER1="chat")
        do("DEVICESTATUS", DEVICEID="1515")
        do("CHATUPDATE", USER1="chat")
        do("CHATSTOP", SESSIONID="2")
        do("DEVICESTATUS", DEVICEID="1515")
        do("CALLSTOP", DEVICEID="1515")

    def _people(self) -> None:
        do = self._do
        do("IMPORTUSER", ACTION="ADD", FIRSTNAME="New", LASTNAME="One", EMAIL="new@one", EMPLOYEEID="9")
        do("IMPORTUSER", ACTION="LIST")
        do("IMPORTUSER", ACTION="ADD", FIRSTNAME="New", LASTNAME="One", EMAIL="other@one")
        do("IMPORTUSER", ACTION="LIST")
        do("IMPORTUSER", ACTION="MODIFY", AGENT_ID="3", CRM_USER="other")
        do("IMPORTUSER", ACTION="MODIFY", AGENT_ID="4", LASTNAME="Renamed")
        do("IMPORTUSER", ACTION="LIST")
        do("IMPORTAGENTPHONE", ACTION="ADD", PHONEID="1111", AGENTID="5")
        do("IMPORTAGENTPHONE", ACTION="ADD", PHONEID="4711", AGENTID="5", FIRSTNAME="John", LASTNAME="Smith")
        do("IMPORTUSER", ACTION="LIST")
        do("IMPORTAGENTPHONE", ACTION="DELETE", PHONEID="1515", AGENTID="5")
        do("IMPORTUSER", ACTION="LIST")
        do("CALLLIST", DEVICEID="1515")
        do("IMPORTUSER", ACTION="DELETE", AGENT_ID="6")
        do("IMPORTAGENTPHONE", ACTION="ADD", PHONEID="1616", AGENTID="9")
        do("IMPORTUSER", ACTION="LIST")
        do("CALLLIST", DEVICEID="1616")
        do("IMPORTWORKSTATION", DEVICEID="1818", STATIONNAME="JamesBond", LOCATIONID="1")
        do("IMPORTWORKSTATION", DEVICEID="1818", STATIONNAME="Other", LOCATIONID="1")
        do("STATIONS")

    def _groups(self) -> None:
        do = self._do
        do("ADDGROUP", GROUPNAME='a "b" & c')
        do("ADDGROUP", GROUPNAME='a "b" & c')
        member = {"FIRSTNAME": "John", "LASTNAME": "Smith", "PHONEID": "1111"}
        do("MODIFYGROUPPERMISSION", ACTION="ADD", GROUPLD="14", **member)
        for action in ("ADD", "DELETE", "ADD"):
            do("MODIFYGROUPPERMISSION", ACTION=action, GROUPNAME="Support", **member)
        do("MODIFYROLE", ACTION="ADD", ROLENAME="New")
        do("MODIFYROLE", ACTION="DELETE", ROLENAME="New")
        do("MODIFYROLE", ACTION="DELETE", ROLENAME="New")
        do("MODIFYROLE", ACTION="ADD")
        do("MODIFYUSERROLE", ACTION="REMOVE", ROLENAME="Auditor", USERNAME="jsmith1")
        do("AGENTWINDOW", USERNAME="nobody")

    def _web(self) -> None:
        url = self._url
        url("test", page="/webAPI.aspx")
        url("channels", page="/webAPI.aspx")
        url("callstart", deviceid="7008", user4="a+b%2541&c" + "d" * 200, user15="last")
        self._do("DEVICESTATUS", DEVICEID="7008")
        self._get("TYPE=CALLUPDATE&REQUESTID=77&DEVICEID=7008&USER2=upper")
        self._do("DEVICESTATUS", DEVICEID="7008")
        url("chatstart", sessionid="9", keyname="USERNAME", keyvalue="nobody")
        url("addgroup", groupname="x & y")
        url("modifyusergrouppermission", action="ADD", groupname="Support", username="jsmith1")
        for _ in range(12):
            url("test")

    def _files(self) -> None:
        self._url("export", uniquefield="ident", uniqueid="13102", media_format="wav")
        self._url("export", uniquefield="ident", uniqueid="13103", media_format="mp3")
        self._url("export", uniquefield="user1", uniqueid="Gold Level", media_format="wav")
        self._url("export", uniquefield="ident", uniqueid="1", media_format="wav")
        self._url("combinedexport", ident="13102,13103", media_format="wav")
        self._url("multiexport", ident="13102,13103", media_format="wav")
        self._do("COMBINEDEMAIL", IDENT="1,2", TOADDRESS="a@b.example")

    def _events(self) -> None:
        scene = self._scene
        links = [scene.link() for _ in range(4)]
        for link, wanted in zip(links, ("ALL", "CALL", "RECORD"), strict=False):
            self._seen.append(scene.raw("EVENTS", link, EVENTCLASS=wanted))
        scene.raw("TEST", links[3])
        for turn in range(8):
            device = ("7009", "1717")[turn % 2]
            self._do("CALLSTART", DEVICEID=device, CALLINSTANCE=str(turn) if turn % 3 else "")
            self._do("CALLSTART", DEVICEID="7010")
            self._do("CALLUPDATE", DEVICEID=device, KEEP_DAYS="30")
            self._do("BLACKOUTSTART", DEVICEID=device)
            self._do("AGENTBLACKOUTSTART", DEVICEID=device)
            self._do("AGENTBLACKOUTSTOP", DEVICEID=device)
            self._do("BLACKOUTSTOP", DEVICEID=device)
            self._seen.append(scene.raw("CALLSTOP", links[0], DEVICEID=device))
            self._do("CALLSTOP", DEVICEID="7010")
            if turn == 1:
                self._seen.append(scene.raw("CHANNELS", links[2]))
        self._seen += [link.outlet.sent for link in links]

    def _framing(self) -> None:
        scene, link = self._scene, self._scene.link()
        burst = b"".join(scene.request("TEST") for _ in range(5))
        self._seen.append(link.receive(burst))
        request = scene.request("TEST")
        self._seen += [link.receive(request[:5]), link.receive(request[5:])]
        self._seen += [scene.raw("TEST", link) for _ in range(60)]

    def _numbers(self) -> None:
        text = "<REQUEST><TYPE>{}</TYPE><REQUESTID>{}</REQUESTID><DEVICEID>1111</DEVICEID></REQUEST>\r\n"
        link = self._scene.link()
        for function in ("TEST", "CALLLIST", "CALLSTART"):
            for number in (70_001, 70_001, 16_777_217, 2_147_483_647, 2_147_483_648):
                self._seen.append(link.receive(text.format(function, number).encode()))
        self._do("DEVICESTATUS", DEVICEID="1111")
