import { normalizeUrl } from './url.js';
import { readIntelValue } from './value.js';

describe('the value of an indicator', () => {
  it.each([
    ['45.9.1.2', 'address', '45.9.1.2'],
    [' 45[.]9[.]1(.)2 ', 'address', '45.9.1.2'],
    ['45.9.1.2:8080', 'address', '45.9.1.2'],
    ['45.9.1.77/24', 'address', '45.9.1.0/24'],
    ['45.9.1.2/32', 'address', '45.9.1.2'],
    ['2A00:1450:4001:0:0:0:0:200E', 'address', '2a00:1450:4001::200e'],
    ['[2a00:1450:4001::200e]:443', 'address', '2a00:1450:4001::200e'],
    ['2a00:1450::1/32', 'address', '2a00:1450::/32'],
    ['::ffff:45.9.1.2', 'address', '45.9.1.2'],
    ['EVIL.Example.com.', 'domain', 'evil.example.com'],
    ['*.evil[dot]example[.]com', 'domain', 'evil.example.com'],
    ['_dmarc.evil.com', 'domain', '_dmarc.evil.com'],
    ['bücher.example.com', 'domain', 'xn--bcher-kva.example.com'],
    ['hxxps://User:pw@EVIL.com:443/A%2fb/%7euser?q=1#top', 'url', 'evil.com/A%2Fb/~user?q=1'],
    ['hxxp[://]evil[.]com', 'url', 'evil.com/'],
    ['evil.com/mal/', 'url', 'evil.com/mal/'],
    ['http://45.9.1.2:8080/x.sh', 'url', '45.9.1.2:8080/x.sh'],
    ['http://bücher.com/ü', 'url', 'xn--bcher-kva.com/ü'],
    ['D41D8CD98F00B204E9800998ECF8427E', 'file_hash', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a'.repeat(64), 'file_hash', 'a'.repeat(64)],
  ])('%s is %s %s', (text, type, value) => expect(readIntelValue(text)).toEqual({ type, value }));

  it.each([
    ['', 'no value'],
    ['10.1.2.3', 'private or reserved'],
    ['127.0.0.1', 'private or reserved'],
    ['::1', 'private or reserved'],
    ['::ffff:192.168.1.1', 'private or reserved'],
    ['http://192.168.1.1/x', 'private or reserved'],
    ['http://[::1]/x', 'private or reserved'],
    ['0.0.0.0/0', 'too wide'],
    ['45.0.0.0/7', 'too wide'],
    ['::/0', 'too wide'],
    ['2000::/3', 'too wide'],
    ['45.9.1.2/33', 'no address'],
    ['com', 'one label'],
    ['localhost', 'one label'],
    ['1.2.3', 'no domain name'],
    ['999.1.1.1', 'no domain name'],
    ['a b.com', 'no domain name'],
    ['-evil.com', 'no address, domain'],
    [`${'a'.repeat(64)}.com`, 'no address, domain'],
    [`${'a.'.repeat(200)}com`, 'no domain'],
    ['javascript://evil.com/x', 'no URL'],
    ['file:///etc/passwd', 'no URL'],
    ['http://localhost/x', 'no host of the Internet'],
    ['http:///x', 'no URL'],
    [`http://evil.com/${'x'.repeat(2000)}`, 'longer than 1024'],
    [`http://evil.com/${'ü'.repeat(1000)}`, 'longer than 1024'],
    ['a'.repeat(63), 'one label'],
    ['http://evil.com/a\0b', 'characters that none has'],
    ['http://evil.com/\ud800', 'characters that none has'],
    ['http://evil.com/a b', 'characters that none has'],
    ['../../etc/passwd', 'no host'],
  ])('“%s” is refused: %s', (text, why) =>
    expect(readIntelValue(text)).toEqual({ why: expect.stringContaining(why) }),
  );

  it('is the same when it is read again', () => {
    for (const text of ['45.9.1.77/24', 'EVIL.example.com', '2a00:1450::1/32']) {
      const once = readIntelValue(text);
      if ('why' in once) throw new Error(once.why);
      expect(readIntelValue(once.value)).toEqual(once);
    }
  });

  it('a URL of any spelling costs little', () => {
    const begun = performance.now();
    for (const text of [
      `http://${'@'.repeat(4000)}`,
      `http://a/${'%41'.repeat(1300)}`,
      `http://${'.'.repeat(4000)}`,
    ])
      for (let i = 0; i < 100; i++) normalizeUrl(text);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
