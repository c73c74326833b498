import type { Decoder } from '../decoders/decoder.js';

/** A tenant's own parsers, as parseFrame asks for them. */
export class TenantParsers {
  private readonly byName: ReadonlyMap<string, Decoder>;
  private readonly byProgram: ReadonlyMap<string, Decoder>;

  /** Where two read the same program, the first has it. */
  constructor(decoders: readonly Decoder[]) {
    this.byName = new Map(decoders.map((decoder) => [decoder.name, decoder]));
    this.byProgram = new Map(
      [...decoders]
        .reverse()
        .flatMap((decoder) => decoder.programs.map((program) => [program, decoder] as const)),
    );
  }

  get size(): number {
    return this.byName.size;
  }

  /** The parser that a source's type asks for. */
  named(sourceType: string): Decoder | undefined {
    return this.byName.get(sourceType);
  }

  ofProgram(program: string): Decoder | undefined {
    return this.byProgram.get(program);
  }
}
