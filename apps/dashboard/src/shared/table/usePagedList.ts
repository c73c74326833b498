import { computed, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { useResource } from '../api/useResource.js';
import type { ApiError } from '../api/errors.js';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface PagedList<P extends Page<unknown>> {
  page: Ref<P | null>;
  rows: ComputedRef<P['items'][number][]>;
  error: Ref<ApiError | null>;
  loading: Ref<boolean>;
  pageNumber: ComputedRef<number>;
  hasNext: ComputedRef<boolean>;
  hasPrevious: ComputedRef<boolean>;
  next: () => Promise<void>;
  previous: () => Promise<void>;
  /** Back to the first page, for other filters. */
  restart: () => Promise<void>;
  reload: () => Promise<void>;
}

/** Keyset paging by the server's cursors; the way back is the stack of cursors that led here. */
export function usePagedList<P extends Page<unknown>>(
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<P>,
): PagedList<P> {
  const cursors = ref<string[]>([]);
  const { data, error, loading, load } = useResource((signal) => fetchPage(cursors.value.at(-1), signal));

  async function go(to: string[]): Promise<void> {
    cursors.value = to;
    await load();
  }

  return {
    page: data,
    rows: computed(() => data.value?.items ?? []),
    error,
    loading,
    pageNumber: computed(() => cursors.value.length + 1),
    hasNext: computed(() => Boolean(data.value?.nextCursor)),
    hasPrevious: computed(() => cursors.value.length > 0),
    next: async () => {
      const cursor = data.value?.nextCursor;
      if (cursor) await go([...cursors.value, cursor]);
    },
    previous: () => go(cursors.value.slice(0, -1)),
    restart: () => go([]),
    reload: load,
  };
}
