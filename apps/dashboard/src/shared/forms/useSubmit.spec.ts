import { jest } from '@jest/globals';
import { z } from 'zod';
import { ApiError } from '../api/errors.js';
import { useSubmit } from './useSubmit.js';

const schema = z.object({ name: z.string().trim().min(2), recipients: z.array(z.string()).default([]) });

describe('submitting a form', () => {
  it('sends what the schema makes of the input', async () => {
    const sent: unknown[] = [];
    const form = useSubmit(schema);
    await form.submit({ name: ' ab ' }, async (body) => void sent.push(body));
    expect(sent).toEqual([{ name: 'ab', recipients: [] }]);
    expect([form.errors.value, form.failure.value, form.busy.value]).toEqual([{}, '', false]);
  });

  it('sends nothing that does not parse, and names the field', async () => {
    const send = jest.fn(async () => undefined);
    const form = useSubmit(schema);
    await form.submit({ name: ' ', recipients: 'x' }, send);
    expect(form.errors.value).toEqual({ name: 'Needed', recipients: expect.stringContaining('array') });
    await form.submit({ name: 'a' }, send);
    expect(form.errors.value).toEqual({ name: 'At least 2 characters' });
    expect(send).not.toHaveBeenCalled();
  });

  it('puts the server’s words on fields to those fields, and the rest above them', async () => {
    const form = useSubmit(schema);
    const fields = [{ path: 'body.recipients.0', message: 'is no address' }];
    await form.submit({ name: 'ab' }, async () => {
      throw new ApiError('validation_failed', 'The request is not valid', 400, undefined, undefined, fields);
    });
    expect(form.errors.value).toEqual({ recipients: 'is no address' });
    expect(form.failure.value).toBe('The request is not valid');
    expect(form.busy.value).toBe(false);
  });

  it('knows which field a code is about', async () => {
    const form = useSubmit(schema, {
      prefix_taken: { field: 'cidr' },
      not_found: { field: 'name', text: 'Gone' },
    });
    await form.submit({ name: 'ab' }, async () => {
      throw new ApiError('prefix_taken', 'The prefix is taken', 409, 'by a source');
    });
    expect([form.errors.value, form.failure.value]).toEqual([{ cidr: 'by a source' }, '']);
    await form.submit({ name: 'ab' }, async () => {
      throw new ApiError('not_found', 'Not found', 404);
    });
    expect(form.errors.value).toEqual({ name: 'Gone' });
    form.clear();
    expect(form.errors.value).toEqual({});
  });

  it('shows a failure of the page itself, and goes once at a time', async () => {
    const form = useSubmit(schema);
    let finish = () => {};
    const first = form.submit({ name: 'ab' }, () => new Promise<void>((resolve) => (finish = resolve)));
    expect(form.busy.value).toBe(true);
    const second = jest.fn(async () => undefined);
    await form.submit({ name: 'ab' }, second);
    expect(second).not.toHaveBeenCalled();
    finish();
    await first;
    await form.submit({ name: 'ab' }, () => Promise.reject(new TypeError('broken')));
    expect(form.failure.value).toContain('broken');
  });
});
