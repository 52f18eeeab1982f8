/**
 * The client of the distribution specification: finds manifests, streams blobs, pushes both.
 *
 * <p>Vocabulary: an <em>endpoint</em> is where a registry's API is and how it is spoken to; an <em>answer</em> is one
 * HTTP response; a <em>hop</em> is one redirect that was followed; a <em>fault</em> is a failure that another try may
 * pass; an <em>attempt</em> is one such try; a <em>grant</em> is what a registry accepted as proof of who asks; an
 * <em>access</em> is what it is to be granted for; a <em>question</em> is one request.
 *
 * <p>From bottom to top:
 *
 * <pre>
 * Transport      one request, one answer, bounded in time        BodyStream, Trust, ProxyRules
 * Hops           redirects by hand                               Hosts
 * Authorizer     401 -> grant                                    Challenge, TokenService, CredentialSource
 * Conversation   who answers for a registry, asked with a grant  Endpoint, Access
 * Attempts       faults -> waits and tries, or the sentence      Failures, Patience
 * BlobStream     resumes, counts, hashes, proves
 * BlobUpload     asks, mounts, sends, resumes                    UploadSession
 * RegistryClient resolve, manifest, document, blob
 * RegistryPusher blob, manifest                                  RegistryListing: tags, referrers
 * RegistryLogin  who is asking?                                  CredentialFile: remembered
 * HostsFolders   who answers for a registry, as written down     HostsFile, TomlReader, RegistryHost
 * </pre>
 *
 * <pre>{@code
 * RegistryClient client = new RegistryClient(
 *         RegistryConfig.DEFAULT
 *                 .withProxies(ProxyRules.of(System.getenv()))
 *                 .withCredentials(DockerCredentials.of(System.getenv())));
 * ResolvedManifest top = client.resolve(reference, listener);
 * try (InputStream in = client.blob(reference, layer, BlobPosition.after(partial, layer), listener)) { ... }
 * }</pre>
 *
 * <p>What is believed of a registry: nothing that can be checked. Digests decide over bytes; caps come before buffers
 * (manifest 4 MiB, token 1 MiB, explanation of an error 64 KiB). What is told to it: credentials only if it asks, only
 * over TLS or loopback, only to hosts of its owner, never across a redirect or to where an upload is sent on; to a
 * mirror only its own. Plain HTTP is spoken to loopback and to
 * registries that are configured so; no failure of TLS ever leads to it.
 *
 * <p>A mirror's failure of any kind leads to the next host, but for a blob whose bytes turn out wrong at its end: who reads it has them already.
 * A client's key must be unencrypted PKCS#8. A registry that moves an upload to another host, which wants credentials of its own, cannot be pushed to.
 *
 * <p>Known limits: one address per host name is tried; HTTP/1.1 only; who owns a domain is a guess that errs to "another".
 *
 * @see "OCI distribution-spec v1.1"
 */
@NullMarked
package io.wherry.registry;

import org.jspecify.annotations.NullMarked;
