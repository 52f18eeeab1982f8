package io.wherry.store.layer;

class OverlayDriverTest extends LayerDriverContract {
    @Override
    LayerDriver driver(StoreSpace space) {
        return new OverlayDriver(space);
    }
}
