package io.wherry.store.layer;

class DirDriverTest extends LayerDriverContract {
    @Override
    LayerDriver driver(StoreSpace space) {
        return new DirDriver(space);
    }
}
