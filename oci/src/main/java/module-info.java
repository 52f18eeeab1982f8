/** Names and documents of the Open Container Initiative. */
module io.wherry.oci {
    requires static org.jspecify;

    exports io.wherry.oci;
    exports io.wherry.oci.json;
}
