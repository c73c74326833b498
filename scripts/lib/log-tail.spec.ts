import { noteworthy } from './log-tail.mjs';

describe('what of a service’s log is shown at the terminal', () => {
  it('shows warnings and errors, not the rest', () => {
    expect(noteworthy('{"level":30,"msg":"fine"}')).toBeUndefined();
    expect(noteworthy('{"level":40,"msg":"slow"}')).toBe('warning: slow');
    expect(noteworthy('{"level":50,"msg":"broken","err":{"message":"ECONNREFUSED"}}')).toBe(
      'error: broken (ECONNREFUSED)',
    );
    expect(noteworthy('{"level":"error","msg":"broken"}')).toBe('error: broken');
  });

  it('shows the text of a crash', () => {
    expect(noteworthy('TypeError: x is undefined')).toBe('TypeError: x is undefined');
  });

  it('R38 lets no control or direction character of a log line reach the terminal', () => {
    expect(noteworthy('{"level":50,"msg":"\\u001b[2J\\u202e"}')).toBe('error: \\u001b[2J\\u202e');
    expect(noteworthy('\u001b]0;title\u0007')).toBe('\\u001b]0;title\\u0007');
  });
});
