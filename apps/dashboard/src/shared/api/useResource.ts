import { getCurrentScope, onScopeDispose, ref, shallowRef } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import { isAbort, toApiError } from './errors.js';
import type { ApiError } from './errors.js';

export interface Resource<T> {
  data: ShallowRef<T | null>;
  error: Ref<ApiError | null>;
  loading: Ref<boolean>;
  /** Loads (again). A newer load cancels an older one; data of before stays until the new has come. */
  load: () => Promise<void>;
}

/** One thing that a view loads. A failure is kept beside the old data and never looks like "nothing there". */
export function useResource<T>(fetchIt: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const loading = ref(false);
  let current: AbortController | null = null;

  async function load(): Promise<void> {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    loading.value = true;
    try {
      const result = await fetchIt(mine.signal);
      if (current !== mine) return;
      data.value = result;
      error.value = null;
    } catch (caught) {
      if (isAbort(caught) || current !== mine) return;
      error.value = toApiError(caught);
    } finally {
      if (current === mine) loading.value = false;
    }
  }

  if (getCurrentScope()) onScopeDispose(() => current?.abort());
  return { data, error, loading, load };
}
