# SPDX-License-Identifier: MIT
# Each command must succeed. An earlier prefix goes: it would hide a file that is installed no more.
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "failed with ${status}: ${ARGN}")
    endif()
endfunction()

set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${prefix} ${work}/build ${work}/scenarios)
run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix} --config ${config})
run(${CMAKE_COMMAND} -S ${source} -B ${work}/build -G Ninja
    -DCMAKE_BUILD_TYPE=${config} -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_PREFIX_PATH=${prefix})
run(${CMAKE_COMMAND} --build ${work}/build)

# An example prints what it says it prints, `ARGN` in this order.
function(run_example name)
    execute_process(COMMAND ${work}/build/${name} RESULT_VARIABLE status OUTPUT_VARIABLE output)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${name} failed with ${status}")
    endif()
    message(STATUS "${output}")
    foreach(line IN LISTS ARGN)
        string(FIND "${output}" "${line}" at)
        if(at EQUAL -1)
            message(FATAL_ERROR "${name} does not print: ${line}")
        endif()
        string(SUBSTRING "${output}" ${at} -1 output)
    endforeach()
endfunction()
run_example(counter "quiet after 3 calls")
run_example(listener
    "step 8: guard answers UTRACE_SYSCALL_ABORT|UTRACE_RESUME"
    "C-123, broken by utrace: target makes the system call that the last answer aborted")

# A project that has nothing but scenarios gets a test of each, and of no other file.
run(${CMAKE_COMMAND} -S ${consumer} -B ${work}/scenarios -G Ninja
    -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_PREFIX_PATH=${prefix})
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${work}/scenarios --output-on-failure
                OUTPUT_VARIABLE output)
foreach(line "mine.holds ...* Passed" "mine.deeper/fails ...*Failed" "explored.holds ...* Passed"
             "tests failed out of 4")
    if(NOT output MATCHES "${line}")
        message(FATAL_ERROR "ctest does not print '${line}':\n${output}")
    endif()
endforeach()

# The last one, as its words let the test pass.
run(${work}/build/embedding)
