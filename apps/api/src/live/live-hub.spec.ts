import type { LiveMessage } from '@parapet/contracts';
import { LiveHub } from './live-hub.js';

const message = { kind: 'alert.created' } as unknown as LiveMessage;

describe('LiveHub', () => {
  it('gives a message to its tenant only', () => {
    const hub = new LiveHub();
    const heard: string[] = [];
    hub.subscribe('a', () => heard.push('a'));
    hub.subscribe('b', () => heard.push('b'));
    hub.publish('a', message);
    hub.publish('c', message);
    expect(heard).toEqual(['a']);
  });

  it('goes on when a listener throws, and forgets who left', () => {
    const hub = new LiveHub();
    let heard = 0;
    hub.subscribe('a', () => {
      throw new TypeError('broken');
    });
    const leave = hub.subscribe('a', () => (heard += 1));
    hub.publish('a', message);
    leave();
    hub.publish('a', message);
    expect(heard).toBe(1);
  });
});
