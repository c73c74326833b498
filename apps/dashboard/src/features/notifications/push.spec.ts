import { abilityOf, keyBytes, labelOf, sameKey } from './push.js';

const facts = {
  secure: true,
  serviceWorker: true,
  pushManager: true,
  notification: true,
  ios: false,
  standalone: false,
};

describe('push in this browser', () => {
  it('says what is missing', () => {
    expect(abilityOf(facts)).toBe('ready');
    expect(abilityOf({ ...facts, secure: false })).toBe('insecure');
    expect(abilityOf({ ...facts, pushManager: false })).toBe('unsupported');
    expect(abilityOf({ ...facts, ios: true, pushManager: false })).toBe('ios-needs-install');
    expect(abilityOf({ ...facts, ios: true, standalone: true })).toBe('ready');
  });

  it('reads the server key and knows its own', () => {
    const key = keyBytes('BP_-AA');
    expect([...key]).toEqual([4, 255, 254, 0]);
    expect(sameKey(key.buffer, key)).toBe(true);
    expect(sameKey(keyBytes('BP_-AQ').buffer, key)).toBe(false);
    expect(sameKey(null, key)).toBe(false);
  });

  it('names the browser', () => {
    expect(labelOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe(
      'Firefox on Linux',
    );
    expect(
      labelOf(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit Version/18.0 Mobile Safari/604.1',
      ),
    ).toBe('Safari on iPhone or iPad');
    expect(labelOf('curl/8')).toBe('Browser on an unknown system');
  });
});
