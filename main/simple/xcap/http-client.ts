// The HTTP door: how XCAP reaches its server. Node's own is in node-http-client.ts, the tests' in test/support/.

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Absolute, http or https. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** PEM, trusted beside the system's. */
  readonly caPem?: string | undefined;
  readonly signal?: AbortSignal;
  /** Default: what any document needs. */
  readonly maxBodyBytes?: number;
  /** Asked for each numeric address before connecting to it, also for those that a name leads to. Default: all. */
  readonly mayConnectTo?: (address: string) => boolean;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Names in lower case; several fields of a name joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpFailure {
  readonly kind: 'http-failed';
  readonly cause:
    'timeout' | 'name-not-found' | 'refused' | 'unreachable' | 'tls' | 'closed' | 'too-large' | 'bad-url' | 'cancelled' | 'not-allowed';
  readonly reason: string;
}

export interface HttpClient {
  /** Never rejects: whatever goes wrong is a failure. */
  request(request: HttpRequest): Promise<HttpResponse | HttpFailure>;
  /** Closes kept connections. */
  close(): void;
}
