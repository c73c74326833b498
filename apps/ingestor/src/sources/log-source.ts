/** A listener that brings frames to the intake. */
export interface LogSource {
  readonly name: string;
  /** @throws PortInUseError */
  start(): Promise<void>;
  /** Takes nothing new, hands out what has already arrived, and closes. */
  stop(): Promise<void>;
}
