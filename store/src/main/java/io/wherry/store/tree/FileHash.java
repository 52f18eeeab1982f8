package io.wherry.store.tree;

import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.oci.Digest;
import java.io.IOException;
import java.security.MessageDigest;

/**
 * What a file has in it, to be compared.
 *
 * @param digest of its bytes; of nothing if there is no such file
 */
record FileHash(Digest digest) {
    private static final byte[] ZEROS = new byte[64 << 10];

    /** {@return of the only entry of the reader's oldest request} */
    static FileHash ofOnly(TreeReader reader) throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.start();
        for (TreeEntry entry = reader.next(); entry != null; entry = reader.next()) {
            reader.transfer(new TreeReader.DataSink() {
                @Override
                public void data(byte[] bytes, int offset, int length) {
                    hash.update(bytes, offset, length);
                }

                @Override
                public void hole(long length) {
                    for (long left = length; left > 0; left -= ZEROS.length) {
                        hash.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
                    }
                }
            });
        }
        return new FileHash(Digest.finish(Digest.Algorithm.SHA256, hash));
    }
}
