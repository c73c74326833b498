import { z } from 'zod';

// zod would try `new Function` for speed when the first schema is made, which the content security policy forbids and
// reports. Hence the first import of main.ts, and in one chunk with zod (vite.config.ts), ahead of every schema.
z.config({ jitless: true });
