package io.sluice.engine.registry.provision;

import io.sluice.api.operator.DeviceDirectory.DeviceSpec;

/** One device of an import, with the line where it begins. Its fields are valid by themselves. */
record ImportLine(int line, DeviceSpec spec) {}
