# html_asset(NAME FILE): sets NAME_TEXT, what the file holds, and NAME_HASH, its SHA-256 in base64 as
# a Content-Security-Policy wants it. A change of the file configures anew.
set(base64_digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

function(html_asset name file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  file(SHA256 "${file}" hex)
  # Three bytes, six digits of hex, are four digits of base64; two zeros fill the last group.
  string(REGEX MATCHALL "......" groups "${hex}00")
  set(base64 "")
  foreach(group ${groups})
    foreach(shift 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING "${base64_digits}" ${index} 1 digit)
      string(APPEND base64 "${digit}")
    endforeach()
  endforeach()
  string(REGEX REPLACE "A$" "=" base64 "${base64}")
  set(${name}_TEXT "${text}" PARENT_SCOPE)
  set(${name}_HASH "${base64}" PARENT_SCOPE)
endfunction()
