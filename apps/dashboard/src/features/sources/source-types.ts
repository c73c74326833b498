import { onMounted, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import { endpoints } from '@parapet/contracts';
import { api, toApiError } from '../../shared/api/index.js';
import type { ApiError } from '../../shared/api/errors.js';
import { useSession } from '../auth/store.js';

export interface SourceTypeItem {
  value: string;
  title: string;
}

const AUTO: SourceTypeItem = { value: 'auto', title: 'Recognise by itself' };

/** What a source's lines can be read as: by itself, by the tenant's own parsers, by the built-in decoders. Loaded when the form is shown. */
export function useSourceTypes(): {
  items: ShallowRef<SourceTypeItem[]>;
  error: ShallowRef<ApiError | null>;
} {
  const items = shallowRef<SourceTypeItem[]>([AUTO]);
  const error = shallowRef<ApiError | null>(null);
  const session = useSession();
  onMounted(async () => {
    try {
      const [own, builtin] = await Promise.all([
        // An operator, who assigns senders, sees no tenant's parsers.
        session.may('parsers:read')
          ? api.call(endpoints.listParsers, { query: { limit: 500 } })
          : { items: [] },
        api.call(endpoints.listBuiltinParsers),
      ]);
      items.value = [
        AUTO,
        ...own.items.map(({ name }) => ({ value: name, title: `${name} (own parser)` })),
        ...builtin.items.map(({ name, types }) => ({
          value: name,
          title: types.length > 0 ? `${name} (${types.slice(0, 4).join(', ')})` : name,
        })),
      ];
    } catch (caught) {
      error.value = toApiError(caught);
    }
  });
  return { items, error };
}
