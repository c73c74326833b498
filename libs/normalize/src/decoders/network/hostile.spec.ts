import { parseFrame } from '../../parse.js';

const SIZES = [1000, 4096, 16_000, 65_536];

/** The beginning of a message, and what an attacker would repeat behind it. */
const WORST: [string, string][] = [
  ['%ASA-4-106023: Deny tcp src ', 'a:1.2.3.4/1 (x) dst '],
  ['%ASA-6-302013: Built inbound TCP connection 1 for ', 'a:1.2.3.4/1 (1.2.3.4/1) to '],
  [
    '%ASA-6-113005: AAA user authentication Rejected : reason = x : server = 1.2.3.4 : user = ',
    ' : user IP = 1.2.3.4 : user = ',
  ],
  ['%ASA-6-716039: Group <', 'x> User <y> IP <1.2.3.4> '],
  ['%ASA-6-713167: Group = ', 'x, Username = y, IP = 1.2.3.4, '],
  ['%FTD-1-430003: SrcIP: 1.2.3.4', ', SrcIP: 5.6.7.8'],
  ['%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ', '] [Source: 1.2.3.4] [localport: '],
  ['%FW-6-DROP_PKT: ', 'Dropping tcp pkt from x 1.2.3.4:1 => '],
  ['%%01URL/4/FILTER(l): ', '(A=1, '],
  ['date=2026-11-20 time=20:00:00 devid=x logid=1 type=event ', 'user="a\\" '],
  ['date=2026-11-20 time=20:00:00 devid=x logid=1 type=event msg="', '\\'],
  ['', "a='x "],
  ['a=b ', '"'],
  ['CEF:0|', '\\|'],
  ['CEF:0|a|b|c|d|e|5|', 'a\\=b '],
  ['LEEF:1.0|a|b|c|d|', 'a=b\t'],
  ['1,2026/11/20 20:00:00,7,SYSTEM,"', '""'],
  [
    '1,2026/11/20 20:00:00,7,SYSTEM,auth,0,2026/11/20 20:00:00,,auth-fail,,0,0,general,medium,"failed authentication for user \'',
    "'. Reason: x. From: 1.2.3.4 ",
  ],
  ['[action:"', 'a\\"'],
  ['2017-09-23T13:54:54.803Z h RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1 ', 'a="b" '],
  ['RT_FLOW_SESSION_CREATE: session created ', '1.2.3.4/1->1.2.3.4/2 '],
  ['x tmm[1]: 01070417:5: AUDIT - user ', 'a - RAW: httpd(pam_audit): user=a tty=x host=1.2.3.4 '],
  ['NetScreen device_id=x [Root]system-alert-00005: ', 'Admin user by a from host x '],
  ['firewall,info a: in:x out:y, ', 'connection-state:new '],
  ['system,error,critical login failure for user ', ' from 1.2.3.4 via x'],
  ['msg_id="3000-0148" ', 'user [a] from '],
  ['11/20/2026-10:29:01.860293  [**] [1:2:3] ', 'x [**] [Classification: y] [Priority: 3] {TCP} '],
  ['rule 1: ', 'block in on em0: 1.2.3.4 > '],
  ["/index.php: Web GUI authentication error for '", "' from 1.2.3.4["],
  ['id="2001" severity="info" sys="', 'x" a="'],
  ['1647478988.289402144 MX urls ', 'request: GET x '],
];

test.each(WORST)('%s%s … takes no 5 ms', (start, part) => {
  for (const header of ['', '<13>Nov 20 20:00:00 h ', '<13>Nov 20 20:00:00 h app: ']) {
    for (const size of SIZES) {
      const text = header + start + part.repeat(Math.ceil(size / part.length));
      const frame = Buffer.from(text.slice(0, size));
      let best = Number.POSITIVE_INFINITY;
      for (let batch = 0; batch < 3 && best >= 5; batch++) {
        const before = process.cpuUsage();
        parseFrame(frame, { receivedAt: 1795204805000, timeZone: 'UTC', sourceType: 'auto' });
        best = Math.min(best, process.cpuUsage(before).user / 1000);
      }
      expect(best).toBeLessThan(5);
    }
  }
});
