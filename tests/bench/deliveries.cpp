// Renders deliveries.
#include "tests/bench/deliveries.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace ledger::bench {
namespace {

/// The definition of an association.
struct Label {
  std::string_view key;
  std::string_view first_key;
  std::string_view first;
  std::string_view second_key;
  std::string_view second;
};
constexpr std::array kLabels = std::to_array<Label>({
    {"buyer_property_interest", "custom_objects.real_estate_buyer", "Interested Buyer", "custom_objects.property", "Property"},
    {"contact_vehicle_owner", "contact", "Owner of the Vehicle", "custom_objects.vehicle", "Vehicle"},
    {"student_course_enrolment", "custom_objects.student", "Enrolled Student", "custom_objects.course", "Course"},
    {"pet_visit", "custom_objects.pet", "Pet", "custom_objects.visit", "Visit"},
    {"policy_quote", "opportunity", "Quoted", "custom_objects.policy", "Policy"},
    {"tenant_apartment_lease", "custom_objects.tenant", "Tenant", "custom_objects.apartment", "Leased Apartment"},
    {"contact_company_employer", "contact", "Employee", "business", "Employer"},
    {"patient_physician", "custom_objects.patient", "Patient", "custom_objects.physician", "Physician"},
});
// The numbered associations begin in 2023, before any association that a run creates.
constexpr std::uint64_t kFirstSecond = 0x65000000;
constexpr std::uint64_t kMadePerSecond = 50;
constexpr std::uint64_t kRelatedAssociations = 20;
constexpr std::array kKinds = {EventKind::association_create, EventKind::association_update, EventKind::association_delete,
                               EventKind::relation_create, EventKind::relation_delete};

/// Writes `count` hex digits of `bits`, the lowest first. Returns the end.
char* write_hex(char* out, std::uint64_t bits, int count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int i = 0; i < count; ++i, bits >>= 4) *out++ = kDigits[bits & 15];
  return out;
}

/// Writes the 24 digits of an ObjectId: eight of the second, then 16 of `rest`.
void write_association_id(char* out, std::uint64_t second, std::uint64_t rest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 28; shift >= 0; shift -= 4) *out++ = kDigits[(second >> shift) & 15];
  write_hex(out, rest, 16);
}

/// Writes a random UUID of version 4. `out` already has the dashes and the version.
void write_uuid(char* out, Random& random) {
  const std::uint64_t low = random();
  const std::uint64_t high = random();
  write_hex(out, low, 8);
  write_hex(out + 9, low >> 32, 4);
  write_hex(out + 15, low >> 48, 3);
  write_hex(out + 19, (high & ~std::uint64_t{15}) | (8 + (high & 3)), 4);
  write_hex(out + 24, high >> 16, 12);
}

constexpr std::string_view kHead =
    "POST /webhooks/highlevel HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    "Content-Type: application/json\r\n";

std::string post_request(std::string_view body, std::string_view more_fields) {
  std::string request(kHead);
  request.append(more_fields).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return request;
}

}  // namespace

std::uint64_t mixed(std::uint64_t number) noexcept {
  // SplitMix64, public domain.
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string location_id(std::uint64_t index) {
  constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (const std::uint64_t part : {mixed(2 * index), mixed(2 * index + 1)}) {
    std::uint64_t rest = part;
    for (int i = 0; i < 10; ++i, rest /= kLetters.size()) id.push_back(kLetters[rest % kLetters.size()]);
  }
  return id;
}

std::string association_id(std::uint64_t number) {
  std::string id(24, '0');
  write_association_id(id.data(), kFirstSecond + number / kMadePerSecond, mixed(number));
  return id;
}

std::string get_request(std::string_view target, std::string_view more_fields) {
  return std::string("GET ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(more_fields).append("\r\n");
}

std::string signed_request(std::string_view body, std::string_view signature_base64) {
  return post_request(body, std::string("X-GHL-Signature: ").append(signature_base64).append("\r\n"));
}

DeliveryWriter::DeliveryWriter(std::uint64_t seed) : random_(seed), written_text_(format_rfc3339(written_)) {
  for (const EventKind kind : kKinds) {
    for (std::size_t label = 0; label < kLabels.size(); ++label) forms_.push_back(make_form(kind, label));
  }
}

DeliveryWriter::Form DeliveryWriter::make_form(EventKind kind, std::size_t label) {
  const Label& is = kLabels[label];
  std::string body;
  Form form;
  const auto field = [&body](std::string_view name, std::string_view value) {
    body.append(body.empty() ? "{\"" : ",\"").append(name).append("\":\"");
    const std::size_t begin = body.size();
    body.append(value).append("\"");
    return begin;
  };
  const std::string id(24, '0');
  field("type", name(kind));
  form.location = field("locationId", std::string(20, 'L'));
  form.subject = field("id", id);
  if (subject_kind(kind) == SubjectKind::relation) {
    field("firstObjectKey", is.first_key);
    form.first_record = field("firstRecordId", id);
    field("secondObjectKey", is.second_key);
    form.second_record = field("secondRecordId", id);
    form.association = field("associationId", id);
  } else {
    field("associationType", "USER_DEFINED");
    field("firstObjectKey", is.first_key);
    field("firstObjectLabel", is.first);
    field("firstObjectToSecondObjectCardinality", "MANY_TO_MANY");
    field("secondObjectKey", is.second_key);
    field("secondObjectLabel", is.second);
    field("secondObjectToFirstObjectCardinality", "MANY_TO_MANY");
    field("key", is.key);
  }
  form.timestamp = field("timestamp", "2026-01-01T00:00:00.000Z");
  form.webhook = field("webhookId", "00000000-0000-4000-8000-000000000000");
  body.push_back('}');

  form.request = post_request(body, {});
  form.body = form.request.size() - body.size();
  for (std::size_t* place :
       {&form.location, &form.subject, &form.first_record, &form.second_record, &form.association, &form.timestamp, &form.webhook}) {
    *place += form.body;
  }
  return form;
}

std::string_view DeliveryWriter::request(EventKind kind, std::string_view location, std::string_view subject, Timestamp now) {
  const auto row = static_cast<std::size_t>(std::distance(kKinds.begin(), std::find(kKinds.begin(), kKinds.end(), kind)));
  // All events of a subject have the same label.
  const std::size_t label = (static_cast<unsigned char>(subject.front()) * 7U + static_cast<unsigned char>(subject.back())) % kLabels.size();
  last_ = row * kLabels.size() + label;
  Form& form = forms_[last_];
  if (now != written_) {
    written_ = now;
    written_text_ = format_rfc3339(now);
  }
  location.copy(form.request.data() + form.location, 20);
  subject.copy(form.request.data() + form.subject, 24);
  written_text_.copy(form.request.data() + form.timestamp, 24);
  write_uuid(form.request.data() + form.webhook, random_);
  return form.request;
}

std::string_view DeliveryWriter::request_of_relation(EventKind kind, std::string_view location, std::string_view relation,
                                                     std::string_view association, Timestamp now) {
  const std::string_view written = request(kind, location, relation, now);
  Form& form = forms_[last_];
  relation.copy(form.request.data() + form.first_record, 24);
  association.copy(form.request.data() + form.second_record, 24);
  association.copy(form.request.data() + form.association, 24);
  return written;
}

std::string_view DeliveryWriter::request_of_new_association(std::string_view location, Timestamp now) {
  std::array<char, 24> id{};
  const auto second = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  write_association_id(id.data(), second, random_());
  return request(EventKind::association_create, location, {id.data(), id.size()}, now);
}

std::string_view DeliveryWriter::request_of_unknown_deletion(std::string_view location, Timestamp now) {
  std::array<char, 24> id{};
  write_association_id(id.data(), random_(), random_());
  return request(EventKind::association_delete, location, {id.data(), id.size()}, now);
}

std::string_view DeliveryWriter::request_of_late_update(std::string_view location, Timestamp now) {
  static const std::string kAssociation = association_id(0);
  constexpr auto kYear = static_cast<std::uint64_t>(std::chrono::milliseconds(std::chrono::days(365)).count());
  const auto earlier = static_cast<std::int64_t>(random_() % kYear);
  return request(EventKind::association_update, location, kAssociation, now - std::chrono::milliseconds(earlier));
}

std::string_view DeliveryWriter::request_of_new_relation(std::string_view location, Timestamp now) {
  std::array<char, 24> id{};
  write_association_id(id.data(), random_(), random_());
  const std::string association = association_id(random_() % kRelatedAssociations);
  const std::string_view written = request_of_relation(EventKind::relation_create, location, {id.data(), id.size()}, association, now);
  Form& form = forms_[last_];
  write_hex(form.request.data() + form.second_record, random_(), 16);
  return written;
}

std::string_view DeliveryWriter::body() const noexcept {
  return std::string_view(forms_[last_].request).substr(forms_[last_].body);
}

}  // namespace ledger::bench
