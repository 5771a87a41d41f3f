import { StoreError } from "../store.js";
import type { S3Place } from "./s3Place.js";
import { firstTag } from "./xml.js";

/** What to do about a refusal, by its code. */
const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: "make the bucket, or name another",
  InvalidAccessKeyId: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that it knows",
  SignatureDoesNotMatch: "set AWS_SECRET_ACCESS_KEY to the secret of AWS_ACCESS_KEY_ID",
  ExpiredToken: "get new credentials and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
  AccessDenied: "allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject on its objects",
  PermanentRedirect: "set AWS_REGION to the region of the bucket",
  AuthorizationHeaderMalformed: "set AWS_REGION to the region of the bucket",
  RequestTimeTooSkewed: "set the clock of this machine",
};

/** An error that says what a server refused, why, and what to do. */
export function s3Refusal(place: S3Place, what: string, status: number, text: string): StoreError {
  const code = firstTag(text, "Code") ?? `status ${status}`;
  const message = firstTag(text, "Message");
  const remedy = advice[code] ?? "see what the server says of it, and try again";
  return new StoreError(
    `${place.name}: ${new URL(place.url).host} refused ${what}: ${code}${message ? ` (${message})` : ""}; ${remedy}`,
  );
}
