package io.sluice.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.admin.resource.DeadLetterResource;
import io.sluice.admin.resource.LatestResource;
import io.sluice.admin.resource.Updates;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.DeadLetters;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.LatestValues;
import io.sluice.api.operator.Operations;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiJsonTest {
  private static final int INSTANCES = 300;

  /** Hold what is not for the API, arrays of numbers among it. */
  private static final List<Class<?>> NOT_SHOWN =
      List.of(Operations.Traffic.class, Operations.LatencyHistogram.class);

  /** Every record that a service or a resource declares. */
  static Stream<Class<?>> views() {
    Stream<Class<?>> declaring =
        Stream.of(
            AlarmService.class,
            Answers.class,
            ClaimService.class,
            CommandService.class,
            CoverageService.class,
            DeadLetterResource.class,
            DeadLetters.class,
            DeviceDirectory.class,
            DeviceImporter.class,
            Flow.class,
            LatestResource.class,
            LatestValues.class,
            Operations.class,
            Updates.class);
    return Stream.concat(
        Stream.of(Device.class, Flow.class),
        declaring
            .flatMap(each -> Arrays.stream(each.getDeclaredClasses()))
            .filter(Class::isRecord)
            .filter(each -> !NOT_SHOWN.contains(each) && isOfTheApi(each)));
  }

  /**
   * What the API takes or asks by has enums that it does not write, such as how sure a value is.
   */
  private static boolean isOfTheApi(Class<?> type) {
    return !type.getSimpleName().equals("Filter") && type != LatestValues.MetricView.class;
  }

  @ParameterizedTest
  @MethodSource("views")
  void viewsAreWrittenAsDataBindingDid(Class<?> type) throws Exception {
    RandomViews views = new RandomViews(new Random(type.getName().hashCode()));
    for (int i = 0; i < INSTANCES; i++) {
      assertSame(views.record(type));
    }
  }

  @Test
  void enumsAreNamedAsKeysAndAsValues() {
    List<Enum<?>> constants = new ArrayList<>();
    Stream.of(
            Lane.values(),
            MessageClass.values(),
            RejectReason.values(),
            ContentType.values(),
            AlarmService.Kind.values(),
            AlarmService.State.values(),
            CommandService.State.values(),
            CoverageService.What.values(),
            CoverageService.StopScope.values())
        .forEach(all -> constants.addAll(Arrays.asList(all)));
    assertSame(constants);
    constants.forEach(each -> assertSame(Map.of(each, each)));
    assertSame(Map.of(new DeviceId("press-07"), new DeviceId("a:b")));
  }

  @Test
  void numbersOfEveryTypeAreWrittenAsDataBindingDid() {
    assertSame(
        List.of(
            1,
            1L,
            (short) 1,
            1.5f,
            Float.NaN,
            Float.MAX_VALUE,
            1e10,
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1E+3"),
            new BigDecimal("0.10")));
  }

  @Test
  void mapsKeepTheirOrderAndTheirNulls() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", null);
    map.put("", List.of());
    map.put("a", Arrays.asList(1, null, Map.of()));
    assertSame(map);
    assertThat(ApiJson.write(map)).isEqualTo("{\"z\":null,\"\":[],\"a\":[1,null,{}]}");
  }

  @Test
  void aSingleValueIsJson() {
    Stream.of("x", true, 5, 2.5).forEach(ApiJsonTest::assertSame);
    assertThat(ApiJson.write(null)).isEqualTo("null");
  }

  @Test
  void whatIsNoViewIsAFaultThatNamesIt() {
    assertThatThrownBy(() -> ApiJson.write(Map.of("at", Instant.EPOCH)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("java.time.Instant");
    assertThatThrownBy(() -> ApiJson.write(Map.of(5, "number as a key")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("java.lang.Integer");
  }

  private static void assertSame(Object value) {
    assertThat(ApiJson.write(value)).isEqualTo(DatabindJson.MAPPER.writeValueAsString(value));
  }
}
