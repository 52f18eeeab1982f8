package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeUsage;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.BootId;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Published layers of one driver: their names, records, notes and proofs. */
final class LayerFolders {
    static final String TREE = "t";
    private static final String SUM = "sum";

    private final StoreSpace space;
    private final String driver;
    private final Path folder;
    private final Path notes;

    LayerFolders(StoreSpace space, String driver) {
        this.space = space;
        this.driver = driver;
        this.folder = space.layers(driver);
        this.notes = space.notes(driver);
    }

    static String name(Digest chain) {
        return ChainId.folder(chain);
    }

    Path folder() {
        return folder;
    }

    Path of(Digest chain) {
        return folder.resolve(name(chain));
    }

    FileLocks.Held lock(Digest chain) {
        return lock(name(chain));
    }

    private FileLocks.Held lock(String name) {
        return space.locks().exclusive("layer-" + folder.getFileName() + "-" + name);
    }

    /** {@return the layer's record if it may be used: published, and proven or made by this boot} */
    Optional<LayerRecord> usable(Digest chain) {
        Optional<LayerRecord> record = LayerRecord.read(of(chain));
        if (record.isEmpty() || !isTrusted(name(chain))) {
            return Optional.empty();
        }
        if (!record.get().chain().equals(chain)) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The layers " + chain + " and " + record.get().chain() + " have the same short name.",
                    "Remove the image that has the second one.");
        }
        return record;
    }

    boolean isTrusted(String name) {
        return Files.exists(folder.resolve(name).resolve(Prover.FILE)) || isNoted(name);
    }

    private boolean isNoted(String name) {
        try {
            return Files.readString(notes.resolve(name), StandardCharsets.US_ASCII)
                    .strip()
                    .equals(BootId.current());
        } catch (IOException e) {
            return false; // No note: another boot, or none.
        }
    }

    /** Gives a finished folder (with its tree) its record, its name and its note; the prover makes all of it durable. Held: the layer's lock. */
    void publish(Path finished, LayerRecord record) {
        Durable durable = space.durable();
        durable.replaceVolatile(finished.resolve("layer"), record.toBytes());
        durable.replaceVolatile(finished.resolve(SUM), sum(finished));
        durable.folders(folder);
        space.trash(of(record.chain())); // Neither proven nor of this boot, or it would not have been made anew.
        durable.rename(finished, of(record.chain()));
        durable.folders(notes);
        durable.replaceVolatile(
                notes.resolve(name(record.chain())), (BootId.current() + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** How many entries the tree has, and how large all its files are together: what is lost of it shows. */
    private byte[] sum(Path layer) {
        TreeUsage usage = space.usage(layer.resolve(TREE));
        return ("entries " + usage.entries() + "\nsize " + usage.size() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return what is wrong with the tree of a layer that may be used; empty if nothing is, or if it was made before sums were kept} */
    Optional<String> damage(Digest chain) {
        Path layer = of(chain);
        try {
            if (usable(chain).isEmpty() || !Files.exists(layer.resolve(SUM))) {
                return Optional.empty();
            }
            String said = Files.readString(layer.resolve(SUM), StandardCharsets.US_ASCII);
            String found = new String(sum(layer), StandardCharsets.US_ASCII);
            return said.equals(found) ? Optional.empty() : Optional.of("has " + words(found) + ", not " + words(said));
        } catch (IOException e) {
            throw Durable.failure("read", layer.resolve(SUM), e);
        }
    }

    private static String words(String sum) {
        return sum.strip().replace('\n', ' ').replaceAll("[^a-z0-9 ]", "?");
    }

    void remove(Digest chain) {
        try (FileLocks.Held _ = lock(chain)) {
            space.durable().remove(of(chain).resolve(Prover.FILE));
            space.durable().delete(notes.resolve(name(chain)));
            space.trash(of(chain));
        }
    }

    List<Digest> list() {
        List<Digest> out = new ArrayList<>();
        for (Path layer : all()) {
            LayerRecord.read(layer).filter(record -> isOf(record, layer)).ifPresent(record -> out.add(record.chain()));
        }
        return out;
    }

    /** {@return the names of folders whose record cannot be read, or is another's} */
    List<String> damaged() {
        List<String> out = new ArrayList<>();
        for (Path layer : all()) {
            if (LayerRecord.read(layer).filter(record -> isOf(record, layer)).isEmpty()) {
                out.add(layer.getFileName().toString());
            }
        }
        return out;
    }

    void removeDamaged(String name) {
        try (FileLocks.Held _ = lock(name)) {
            if (damaged().contains(name)) { // else somebody has made it anew meanwhile
                space.trash(folder.resolve(name));
            }
        }
    }

    private static boolean isOf(LayerRecord record, Path layer) {
        return layer.endsWith(name(record.chain()));
    }

    private List<Path> all() {
        List<Path> out = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> layers = Files.newDirectoryStream(folder)) {
                layers.forEach(out::add);
            } catch (IOException e) {
                throw Durable.failure("list", folder, e);
            }
        }
        return out;
    }

    List<Path> unproven(List<Digest> chains) {
        List<Path> out = new ArrayList<>();
        for (Digest chain : chains) {
            Path layer = of(chain);
            if (Files.exists(layer) && !Files.exists(layer.resolve(Prover.FILE))) {
                out.add(layer);
            }
        }
        return out;
    }

    WherryException missing(Digest chain) {
        return new WherryException(
                Kind.NOT_FOUND,
                "The layer " + chain + " is not unpacked for the driver `" + driver + "`.",
                "Pull the image again.");
    }
}
