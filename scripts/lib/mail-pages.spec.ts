import { htmlBody, listPage, messagePage } from './mail-pages.mjs';

const mail = {
  id: '1',
  receivedAt: '2026-01-01T00:00:00.000Z',
  from: 'a@b.test',
  to: ['"><script>x</script>@b.test'],
  subject: '<img src=x onerror=alert(1)>',
  text: '</pre><script>alert(1)</script>',
  html: '<b>hello</b><script>alert(1)</script>',
};

describe('the mail catcher’s pages', () => {
  it('R38 escape everything that a mail brings', () => {
    for (const page of [listPage([mail]), messagePage(mail)]) expect(page).not.toMatch(/<script|<img/);
  });

  it('R38 serve the HTML part under a policy that runs and loads nothing', () => {
    const [, policy] = htmlBody(mail);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/sandbox(?!.*allow-(scripts|same-origin))/);
  });
});
